package io.boomerang.announce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.DecodeResult.Decoded;
import io.boomerang.flow.FlowKey;
import io.boomerang.flow.HashKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What nodes write in each format. A change here needs another format version.
class GoldenBytesTest {
    private static final long FLOW_ID = 0x0102030405060708L;

    static Stream<Arguments> messages() {
        final FlowKey ipv4 = ipv4(0);
        final FlowKey translated = new FlowKey();
        translated.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 80, 0xC0000209, 1_024, 0);
        final FlowKey ipv6 = new FlowKey();
        ipv6.setIpv6(
                58,
                FlowKey.KIND_IDENTIFIER,
                0x20010DB800000000L,
                1,
                7,
                0x20010DB800000000L,
                2,
                7,
                0x64);
        return Stream.of(
                Arguments.of(
                        "08 00 06 0003 0002 0001 0064 0102030405060708"
                                + " 0a000001 c0000201 0050 1267",
                        announcement(SessionAnnouncement.Kind.OPEN, ipv4, ipv4, 1_000)),
                Arguments.of(
                        "20 10 06 0003 0002 0001 0001 0102030405060708"
                                + " 0a000001 c0000209 0050 0400 0a000001 c0000201 0050 1267",
                        announcement(SessionAnnouncement.Kind.MOVE, translated, ipv4, 10)),
                Arguments.of(
                        "18 0b 3a 0003 0002 0001 0000 0102030405060708 00000064"
                                + " 20010db8000000000000000000000001"
                                + " 20010db8000000000000000000000002 0007 0007",
                        announcement(SessionAnnouncement.Kind.CLOSE, ipv6, ipv6, 0)),
                Arguments.of(
                        "30 0102030405060708 0002 0001",
                        new Acknowledgement(FLOW_ID, 2, 1, Outcome.INSTALLED)),
                Arguments.of(
                        "32 0102030405060708 0002 0001",
                        new Acknowledgement(FLOW_ID, 2, 1, Outcome.TABLE_FULL)),
                Arguments.of(
                        "38 00 06 0000000000000009 0a000001 c0000201 0050 1267",
                        new StateQuery(9, ipv4)),
                Arguments.of(
                        "38 08 06 0000000000000009 00000065 0a000001 c0000201 0050 1267",
                        new StateQuery(9, ipv4(0x65))),
                Arguments.of("40 0000000000000009", new StateAnswer(9, null)),
                Arguments.of(
                        "41 0000000000000009 10 00 06 0003 0002 0001 0064 0102030405060708"
                                + " 0a000001 c0000201 0050 1267",
                        new StateAnswer(
                                9,
                                announcement(SessionAnnouncement.Kind.REFRESH, ipv4, ipv4, 1_000))),
                Arguments.of(
                        "48 0000000000000005 02 0001 0002 0001 03ff 0000",
                        new BucketTableUpdate(5, new short[] {1, 2, 1, 1_023}, new TreeMap<>())),
                Arguments.of(
                        "49 0000000000000005 03 0006 0001 0000 0002 0002 0002 00000000 03ff"
                                + " 000f4240",
                        new BucketTableUpdate(
                                5,
                                new short[] {1, 1, 1, 1, 1, 1, 1, 2},
                                new TreeMap<>(Map.of(2, 0, 1_023, 1_000_000)))),
                Arguments.of("50 0000000000000005", new EpochInstalled(5)),
                Arguments.of(
                        "58 00000007 00000400 0003 0002 0001 0102",
                        new SessionPull(7, 1_024, 3, List.of(1, 258))),
                Arguments.of(
                        "60 00000007 00000400 ffffffff 00000009 01"
                                + " 10 00 06 0003 0002 0001 0064 0102030405060708"
                                + " 0a000001 c0000201 0050 1267",
                        new SessionPage(
                                7,
                                1_024,
                                SessionPage.END,
                                9,
                                List.of(
                                        announcement(
                                                SessionAnnouncement.Kind.REFRESH,
                                                ipv4,
                                                ipv4,
                                                1_000)))),
                Arguments.of(
                        "59 00000007 00000400 0003 0002 0001 0102 8000000000000001",
                        new SessionPull(7, 1_024, 3, List.of(1, 258), Long.MIN_VALUE | 1)),
                Arguments.of("68 00000009", new OwnersChanged(9)),
                Arguments.of("70 000f4240", new DesiredWeight(1_000_000)),
                Arguments.of("71 00000000", new DesiredWeight(0, true)),
                Arguments.of(
                        "78 fffffff9 00000000 0003 0001 0102 "
                                + "0102030405060708".repeat(PartitionSums.PARTITIONS),
                        new SessionDigests(
                                new SessionPull(-7, 0, 3, List.of(258)),
                                Collections.nCopies(PartitionSums.PARTITIONS, FLOW_ID))),
                Arguments.of(
                        "80 fffffff9 8000000000000001", new DigestDifference(-7, 1L << 63 | 1)),
                Arguments.of(
                        "88 0102030405060708 03ff 0003 010203 0000",
                        new FlowOffer(
                                FLOW_ID,
                                1_023,
                                Octets.copyOf(new byte[] {1, 2, 3}),
                                Octets.copyOf(new byte[0]))),
                Arguments.of(
                        "92 0000000000000009 0102030405060708",
                        new MoveStep(9, FLOW_ID, MoveStep.Step.YOURS)),
                Arguments.of(
                        "95 0000000000000009 0102030405060708",
                        new MoveStep(9, FLOW_ID, MoveStep.Step.WITHDRAWN)),
                Arguments.of(
                        "98 0102 20 00 06 0003 0002 0001 0064 0102030405060708"
                                + " 0a000001 c0000201 0050 1267",
                        new FlowMoved(
                                258,
                                announcement(SessionAnnouncement.Kind.MOVE, ipv4, ipv4, 1_000))),
                Arguments.of("a0 0002 0003 0102", new MoveOrder(List.of(3, 258))),
                Arguments.of(
                        "a8 08 06 0000ea60 00000065 0a000001 c0000201 0050 1267",
                        new TupleLease(ipv4(0x65), 60_000)),
                Arguments.of(
                        "5a 00000007 00000400 0003 0002 0001 0102 0000000000000805",
                        new SessionPull(
                                7, 1_024, 3, List.of(1, 258), SessionPull.EVERYTHING, 0x805)),
                Arguments.of(
                        "5b 00000007 00000400 0003 0001 0102 8000000000000001 0000000000000805",
                        new SessionPull(7, 1_024, 3, List.of(258), Long.MIN_VALUE | 1, 0x805)),
                Arguments.of(
                        "7a fffffff9 00000000 0003 0001 0102 0000000000000805"
                                + "0102030405060708".repeat(PartitionSums.PARTITIONS),
                        new SessionDigests(
                                new SessionPull(
                                        -7, 0, 3, List.of(258), SessionPull.EVERYTHING, 0x805),
                                Collections.nCopies(PartitionSums.PARTITIONS, FLOW_ID))),
                Arguments.of(
                        "b0 0000000000000805 02",
                        new SteeringRule(0x805, SelectionPolicy.LEAST_LOADED, null)),
                Arguments.of(
                        "b1 0000000000000805 01 0102030405060708 fffffffffffffffe",
                        new SteeringRule(
                                0x805, SelectionPolicy.POWER_OF_TWO, new HashKey(FLOW_ID, -2))),
                Arguments.of("b8 0000000000000805", new RuleInstalled(0x805)),
                Arguments.of("c0 00", new DesiredRule(SelectionPolicy.BUCKETS, null)),
                Arguments.of(
                        "c1 ff 0102030405060708 fffffffffffffffe",
                        new DesiredRule(null, new HashKey(FLOW_ID, -2))));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("messages")
    void shouldWriteAndReadTheseBytesInEveryFormatThatHasThem(
            final String hex, final ControlMessage message) {
        for (int format = message.firstFormat(); format <= FormatRange.CURRENT.newest(); format++) {
            shouldWriteAndRead(format, hex, message, message);
        }
    }

    @Test
    void shouldNameTheHolderSinceFormat2() {
        final ControlMessage named = new Acknowledgement(FLOW_ID, 2, 1, Outcome.STALE, 1_023);
        final ControlMessage unnamed = new Acknowledgement(FLOW_ID, 2, 1, Outcome.STALE);

        shouldWriteAndRead(1, "31 0102030405060708 0002 0001", named, unnamed);
        shouldWriteAndRead(2, "31 0102030405060708 0002 0001 03ff", named, named);
        shouldWriteAndRead(2, "31 0102030405060708 0002 0001 0000", unnamed, unnamed);
    }

    private static void shouldWriteAndRead(
            final int format,
            final String hex,
            final ControlMessage written,
            final ControlMessage read) {
        final MessageBatch batch = new MessageBatch(1_024);
        batch.setFormat(format);
        batch.append(written);
        final int length = batch.seal();

        final byte[] body = Arrays.copyOfRange(batch.buffer(), MessageCodec.HEADER_LENGTH, length);

        assertEquals(hex.replace(" ", ""), HexFormat.of().formatHex(body));
        assertEquals(
                new Decoded(List.of(read)),
                MessageCodec.decode(batch.buffer(), 0, length, FormatRange.CURRENT));
    }

    @ParameterizedTest
    @CsvSource({
        "1, b0330100000200000020cd155aaa500000000000000005500000000000000006",
        "2, b0330200000200000020bbe6d6bb500000000000000005500000000000000006"
    })
    void shouldWriteThisHeader(final int format, final String hex) {
        final MessageBatch batch = new MessageBatch(1_024);
        batch.setFormat(format);
        batch.append(new EpochInstalled(5));
        batch.append(new EpochInstalled(6));

        final byte[] bytes = Arrays.copyOf(batch.buffer(), batch.seal());

        assertEquals(hex, HexFormat.of().formatHex(bytes));
    }

    private static FlowKey ipv4(final int vlanDomain) {
        final FlowKey key = new FlowKey();
        key.setIpv4(6, FlowKey.KIND_PORTS, 0x0A000001, 80, 0xC0000201, 4_711, vlanDomain);
        return key;
    }

    private static SessionAnnouncement announcement(
            final SessionAnnouncement.Kind kind,
            final FlowKey key,
            final FlowKey original,
            final int leaseMs) {
        return new SessionAnnouncement(
                kind, key, original, FLOW_ID, 3, 2, 1, leaseMs, TcpPhase.EMBRYONIC);
    }
}
