package io.boomerang.sim.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.sim.capture.CaptureContents.Packet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

final class PcapNgFormatTest {
    @TempDir Path directory;

    private CaptureContents read(final CaptureBytes bytes) throws IOException {
        return CaptureContents.of(bytes.writeTo(directory.resolve("capture")));
    }

    private static CaptureBytes in(final String order) {
        return order.equals("little") ? CaptureBytes.littleEndian() : CaptureBytes.bigEndian();
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void shouldReadAllThreeKindsOfPackets(final String order) throws IOException {
        final CaptureContents contents =
                read(
                        in(order)
                                .section()
                                .interfaceBlock(1, 0)
                                .enhanced(0, 5_000_000_000_007L, 60, (byte) 1, (byte) 2, (byte) 3)
                                .obsolete(0, 5_000_000_000_008L, 61, (byte) 4)
                                .simple(3, (byte) 5, (byte) 6, (byte) 7));

        assertNull(contents.damage());
        assertEquals(
                List.of(
                        new Packet(1, 5_000_000_000_007_000L, 1, 0, 60, "010203"),
                        new Packet(2, 5_000_000_000_008_000L, 1, 0, 61, "04"),
                        new Packet(3, 0, 1, 0, 3, "050607")),
                contents.packets());
    }

    @Test
    void shouldCountInterfacesOverSectionsOfDifferentByteOrder() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .section()
                                .interfaceBlock(1, 0)
                                .interfaceBlock(101, 0)
                                .enhanced(1, 1, 1, (byte) 1)
                                .order(ByteOrder.BIG_ENDIAN)
                                .section()
                                .interfaceBlock(113, 0)
                                .enhanced(0, 2, 1, (byte) 2)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .section()
                                .interfaceBlock(276, 0)
                                .enhanced(0, 3, 1, (byte) 3));

        assertNull(contents.damage());
        assertEquals(
                List.of(
                        new Packet(1, 1_000, 101, 1, 1, "01"),
                        new Packet(2, 2_000, 113, 2, 1, "02"),
                        new Packet(3, 3_000, 276, 3, 1, "03")),
                contents.packets());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, 3000000000",
        "3, 3, 3000000",
        "6, 3, 3000",
        "9, 3, 3",
        "12, 3999, 3",
        "18, 5000000000, 5",
        "27, -1, 18",
        "28, -1, 1",
        "29, -1, 0",
        "127, -1, 0",
        "6, -1, 9223372036854775807",
        "0, 9300000000, 9223372036854775807",
        "128, 3, 3000000000",
        "129, 3, 1500000000",
        "138, 1024, 1000000000",
        "158, -1, 9223372036854775807",
        "160, -1, 4294967295999999999",
        "192, -1, 999999999",
        "255, -1, 0",
    })
    void shouldConvertEveryResolution(
            final int resolution, final long timestamp, final long expectedNs) throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.bigEndian()
                                .section()
                                .interfaceBlock(
                                        1, 0, options -> options.option(9, (byte) resolution))
                                .enhanced(0, timestamp, 1, (byte) 1));

        assertEquals(List.of(expectedNs), contents.timesNs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void shouldAddTheTimeOffsetOfTheInterface(final String order) throws IOException {
        final byte[] hour = in(order).int64(3_600).toByteArray();
        final byte[] before = in(order).int64(-1).toByteArray();
        final byte[] forever = in(order).int64(Long.MAX_VALUE).toByteArray();

        final CaptureContents contents =
                read(
                        in(order)
                                .section()
                                .interfaceBlock(
                                        1,
                                        0,
                                        options ->
                                                options.option(2, (byte) 'e', (byte) '0')
                                                        .option(14, hour)
                                                        .option(9, (byte) 9))
                                .interfaceBlock(1, 0, options -> options.option(14, before))
                                .interfaceBlock(1, 0, options -> options.option(14, forever))
                                .enhanced(0, 5, 1, (byte) 1)
                                .enhanced(1, 5, 1, (byte) 1)
                                .enhanced(2, 5, 1, (byte) 1));

        assertEquals(
                List.of(3_600_000_000_005L, -999_995_000L, Long.MAX_VALUE), contents.timesNs());
    }

    @Test
    void shouldCutSimplePacketsAtTheSnapLength() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .section()
                                .interfaceBlock(1, 2)
                                .simple(100, (byte) 1, (byte) 2, (byte) 3, (byte) 4));

        assertEquals(List.of(new Packet(1, 0, 1, 0, 100, "0102")), contents.packets());
    }

    @Test
    void shouldPassOverOtherBlocksAlsoLongOnes() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .section()
                                .block(5, body -> body.int32(1, 2, 3))
                                .interfaceBlock(1, 0)
                                .block(0x0BAD, body -> body.raw(new byte[9 << 20]))
                                .enhanced(0, 1, 1, (byte) 1)
                                .block(4, body -> body.raw(new byte[2 << 20]))
                                .enhanced(0, 2, 1, (byte) 2));

        assertNull(contents.damage());
        assertEquals(List.of("01", "02"), contents.bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {(1 << 20) + 4, 3 << 20, (4 << 20) - 40, 4 << 20, 9 << 20})
    void shouldCutGiganticPacketsAndReadOn(final int length) throws IOException {
        final byte[] packet = new byte[length];
        packet[0] = 1;
        packet[(1 << 20) - 1] = 2;

        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .section()
                                .interfaceBlock(1, 0)
                                .enhanced(0, 1, length, (byte) 9)
                                .enhanced(0, 1, length, packet)
                                .enhanced(0, 2, 1, (byte) 3));

        assertNull(contents.damage());
        assertEquals(3, contents.packets().size());
        assertEquals(2 << 20, contents.bytes().get(1).length());
        assertEquals("01", contents.bytes().get(1).substring(0, 2));
        assertEquals("02", contents.bytes().get(1).substring((2 << 20) - 2));
        assertEquals(length, contents.packets().get(1).originalLength());
        assertEquals("03", contents.bytes().getLast());
    }

    @Test
    void shouldNotCountAGiganticPacketThatIsCutShort() throws IOException {
        final byte[] whole =
                CaptureBytes.littleEndian()
                        .section()
                        .interfaceBlock(1, 0)
                        .enhanced(0, 1, 1, new byte[6 << 20])
                        .toByteArray();
        final byte[] cut = Arrays.copyOf(whole, whole.length - 1);

        final CaptureContents contents = read(CaptureBytes.littleEndian().raw(cut));

        assertEquals(List.of(), contents.packets());
        assertEquals(48, contents.damageOffset());
    }

    @ParameterizedTest
    @CsvSource({
        "no mark, 0",
        "short block, 48",
        "cut block, 48",
        "cut header, 48",
        "unknown interface, 48",
        "packet longer than block, 48",
        "short packet block, 48",
        "short interface block, 48",
    })
    void shouldSayWhereTheDamageBegins(final String damage, final long offset) throws IOException {
        final CaptureBytes start = CaptureBytes.littleEndian().section().interfaceBlock(1, 0);
        final CaptureBytes damaged =
                switch (damage) {
                    case "no mark" ->
                            CaptureBytes.littleEndian().int32(0x0A0D0D0A, 28, 0x12345678, 0);
                    case "short block" -> start.int32(6, 8, 8, 8);
                    case "cut block" -> start.int32(6, 64, 0, 0);
                    case "cut header" -> start.int32(6);
                    case "unknown interface" -> start.enhanced(1, 1, 1, (byte) 1);
                    case "packet longer than block" ->
                            start.block(6, body -> body.int32(0, 0, 0, 1, 1));
                    case "short packet block" -> start.block(6, body -> body.int32(0, 0, 0, 0));
                    case "short interface block" -> start.block(1, body -> body.int32(1));
                    default -> throw new IllegalArgumentException(damage);
                };

        final CaptureContents contents = read(damaged);

        assertEquals(List.of(), contents.packets());
        assertEquals(offset, contents.damageOffset());
    }

    @Test
    void shouldRefuseASimplePacketWithoutInterface() throws IOException {
        final CaptureContents contents =
                read(CaptureBytes.littleEndian().section().simple(1, (byte) 1));

        assertEquals(28, contents.damageOffset());
    }

    @Test
    void shouldSurviveOptionsThatRunOutOfTheirBlock() throws IOException {
        final CaptureContents contents =
                read(
                        CaptureBytes.littleEndian()
                                .section()
                                .block(1, body -> body.int16(1, 0).int32(0).int16(9, 0xFFFF))
                                .block(1, body -> body.int16(1, 0).int32(0).int16(9, 1))
                                .block(1, body -> body.int16(1, 0).int32(0).int16(14, 8).int32(1))
                                .enhanced(0, 1, 1, (byte) 1)
                                .enhanced(1, 1, 1, (byte) 1)
                                .enhanced(2, 1, 1, (byte) 1));

        assertNull(contents.damage());
        assertEquals(List.of(1_000L, 1_000L, 1_000L), contents.timesNs());
    }
}
