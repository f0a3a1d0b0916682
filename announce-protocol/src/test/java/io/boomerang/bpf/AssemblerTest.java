package io.boomerang.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.boomerang.bpf.Assembler.Width;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

class AssemblerTest {
    /// As `llvm-mc -triple bpfel` writes them.
    @Test
    void shouldWriteInstructionsAsTheStandardHasThem() {
        assertEquals("bf16000000000000", bytes(new Assembler().move(6, 1)));
        assertEquals("b70000002a000000", bytes(new Assembler().moveConstant(0, 42)));
        assertEquals("07020000f8ffffff", bytes(new Assembler().addConstant(2, -8)));
        assertEquals("dc04000010000000", bytes(new Assembler().toNetworkOrder(Width.HALF, 4)));
        assertEquals("6162100000000000", bytes(new Assembler().load(Width.WORD, 2, 6, 16)));
        assertEquals("69a4f8ff00000000", bytes(new Assembler().load(Width.HALF, 4, 10, -8)));
        assertEquals("6342040000000000", bytes(new Assembler().store(Width.WORD, 2, 4, 4)));
        assertEquals(
                "620af8ff07000000", bytes(new Assembler().storeConstant(Width.WORD, 10, -8, 7)));
        assertEquals("8500000033000000", bytes(new Assembler().call(51)));
        assertEquals("85200000e8030000", bytes(new Assembler().callKernel(1_000)));
        assertEquals(
                "18110000" + "05000000" + "00000000" + "00000000",
                bytes(new Assembler().loadMap(1, 5)));
        assertEquals("9500000000000000", bytes(new Assembler().exit()));
    }

    @Test
    void shouldJumpToLabels() {
        final Assembler code =
                new Assembler()
                        .jumpIfNotEqual(0, 3, "end")
                        .jumpIfGreater(4, 3, "end")
                        .moveConstant(0, 1)
                        .label("end")
                        .exit();

        assertEquals(
                "5500020003000000" + "2d34010000000000" + "b700000001000000" + "9500000000000000",
                bytes(code));
    }

    @Test
    void shouldRefuseLabelsThatAreNotAhead() {
        assertThrows(
                IllegalArgumentException.class,
                () -> bytes(new Assembler().jumpIfNotEqual(0, 0, "nowhere").exit()));
        assertThrows(
                IllegalArgumentException.class,
                () -> bytes(new Assembler().label("back").jumpIfNotEqual(0, 0, "back").exit()));
        assertThrows(IllegalArgumentException.class, () -> new Assembler().label("a").label("a"));
    }

    private static String bytes(final Assembler code) {
        try (Arena arena = Arena.ofConfined()) {
            return HexFormat.of().formatHex(code.assemble(arena).toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
