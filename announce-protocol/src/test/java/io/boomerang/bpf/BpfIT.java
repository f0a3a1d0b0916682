package io.boomerang.bpf;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.boomerang.linux.SystemCallException;
import io.boomerang.linux.SystemCalls;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;

class BpfIT {
    private static final int XDP = 6;
    private static final int ATTACH_TO_XDP = 37;
    private static final int MAP_OF_NUMBERS = 2;

    @Test
    void shouldShowWhatTheVerifierSays() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            final SystemCalls calls = new SystemCalls(arena);
            final Bpf bpf = new Bpf(calls);
            final int map = mapOrSkip(bpf);
            bpf.update(map, 3, 7);
            assertThrows(SystemCallException.class, () -> bpf.update(map, 4, 7));
            final Bpf.Program careless =
                    new Bpf.Program(
                            "careless",
                            XDP,
                            ATTACH_TO_XDP,
                            0,
                            0,
                            new Assembler()
                                    .load(Assembler.Width.WORD, 2, 1, 0)
                                    .load(Assembler.Width.WORD, 0, 2, 0)
                                    .exit()
                                    .assemble(arena));

            final ProgramRefusedException refused =
                    assertThrows(ProgramRefusedException.class, () -> bpf.load(careless));

            assertTrue(refused.toString().contains("program careless: bpf BPF_PROG_LOAD: "));
            assertTrue(refused.toString().contains("invalid access to packet"), refused::toString);
            calls.close(map);
        }
    }

    private static int mapOrSkip(final Bpf bpf) {
        try {
            return bpf.createMap("numbers", MAP_OF_NUMBERS, 4);
        } catch (final SystemCallException e) {
            return abort("SKIPPED: this process may not use BPF: " + e.getMessage());
        }
    }
}
