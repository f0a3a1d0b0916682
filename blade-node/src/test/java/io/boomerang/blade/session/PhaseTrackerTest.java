package io.boomerang.blade.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.Frames;
import io.boomerang.flow.FlowHash;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.Side;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

class PhaseTrackerTest {
    private static final String CLIENT = "10.0.0.5";
    private static final String SERVER = "198.51.100.1";

    /// Each word is a segment: `>` from the client, `<` from the server; S, A, F, R its flags.
    @ParameterizedTest
    @CsvSource({
        "'>S', EMBRYONIC",
        "'>S >S >S', EMBRYONIC",
        "'>S <SA', EMBRYONIC",
        "'>S <SA <SA <SA', EMBRYONIC",
        "'>S >A', EMBRYONIC",
        "'>S <SA >S', EMBRYONIC",
        "'>S <SA >A', ESTABLISHED",
        "'>S <SA <A', ESTABLISHED",
        "'>S <S <SA >SA', EMBRYONIC",
        "'>S <S <SA >SA >A', ESTABLISHED",
        "'>A', EMBRYONIC",
        "'>A <A', ESTABLISHED",
        "'>S <RA', CLOSED",
        "'>S <SA >R', CLOSED",
        "'>S <SA >R >S', EMBRYONIC",
        "'>S <SA >A >R >S <SA', EMBRYONIC",
        "'>S <SA >R >S >A', EMBRYONIC",
        "'>S <SA >FA', CLOSING"
    })
    void shouldFollowConnections(final String segments, final TcpPhase phase) {
        final String[] words = segments.split(" ", -1);
        final MarkerSession marker = open(frame(words[0]));

        for (final String segment : words) {
            pass(marker, frame(segment), segment.charAt(0) == '<');
        }

        assertEquals(phase, marker.phase());
    }

    @ParameterizedTest
    @CsvSource({
        "'>S <SA', INGRESS",
        "'>A <S', EGRESS",
        "'>R >A <S >SA <A', EGRESS",
        "'>S <SA <S', INGRESS",
        "'>S <SA >R <S', EGRESS"
    })
    void shouldTakeTheSenderOfTheSynForTheOpener(final String segments, final Side opener) {
        final String[] words = segments.split(" ", -1);
        final MarkerSession marker = open(frame(words[0]));

        for (final String segment : words) {
            pass(marker, frame(segment), segment.charAt(0) == '<');
        }

        assertEquals(opener, marker.openingSide());
    }

    @ParameterizedTest
    @CsvSource({
        "'>', EMBRYONIC",
        "'>>>>>', EMBRYONIC",
        "'><', EMBRYONIC",
        "'><>>', EMBRYONIC",
        "'><<', ESTABLISHED",
        "'><><', ESTABLISHED"
    })
    void shouldTakeADatagramFlowForEstablishedWhenItIsAnsweredAgain(
            final String datagrams, final TcpPhase phase) {
        final byte[] request = Frames.udp(CLIENT, 4_000, SERVER, 53, 20);
        final byte[] answer = Frames.udp(SERVER, 53, CLIENT, 4_000, 20);
        final MarkerSession marker = open(request);

        for (int i = 0; i < datagrams.length(); i++) {
            final boolean back = datagrams.charAt(i) == '<';
            pass(marker, back ? answer : request, back);
        }

        assertEquals(phase, marker.phase());
    }

    private static byte[] frame(final String segment) {
        int flags = 0;
        flags |= segment.contains("S") ? Frames.SYN : 0;
        flags |= segment.contains("A") ? Frames.ACK : 0;
        flags |= segment.contains("F") ? Frames.FIN : 0;
        flags |= segment.contains("R") ? Frames.RST : 0;
        return segment.charAt(0) == '<'
                ? Frames.tcp(SERVER, 80, CLIENT, 4_000, flags, 1, 1, 0)
                : Frames.tcp(CLIENT, 4_000, SERVER, 80, flags, 1, 1, 0);
    }

    private static MarkerSession open(final byte[] frame) {
        final ParsedPacket packet = parse(frame);
        final MarkerTable table =
                new MarkerTable(
                        1,
                        Lifetimes.DEFAULTS,
                        () -> FlowState.NONE,
                        new MarkerTable.Listener() {
                            @Override
                            public void onLapse(final MarkerSession marker, final long nowNs) {}

                            @Override
                            public void onForget(
                                    final MarkerSession marker,
                                    final boolean live,
                                    final long nowNs) {}
                        });
        return Objects.requireNonNull(
                table.open(
                        packet.key(),
                        new FlowHash(1, 2).hash(packet.key()),
                        1,
                        Side.INGRESS,
                        packet.sourceIsB(),
                        0));
    }

    private static void pass(
            final MarkerSession marker, final byte[] frame, final boolean fromServer) {
        PhaseTracker.onPassed(marker, parse(frame), fromServer ? Side.EGRESS : Side.INGRESS);
    }

    private static ParsedPacket parse(final byte[] frame) {
        final ParsedPacket packet = new ParsedPacket();
        new FlowParser(FlowRules.DEFAULTS)
                .parse(MemorySegment.ofArray(frame), 0, frame.length, packet);
        return packet;
    }
}
