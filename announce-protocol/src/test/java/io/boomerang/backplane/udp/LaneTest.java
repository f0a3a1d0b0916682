package io.boomerang.backplane.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Seeds;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

class LaneTest {
    private static final int PACKET_BYTES = 1_472;
    private static final InetSocketAddress ADDRESS =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final EmbeddedChannel channel = new EmbeddedChannel();

    private static Lane lane(final boolean segments) {
        final MemorySegment memory = Arena.ofAuto().allocate(Lane.BYTES);
        return new Lane(ADDRESS, memory, PACKET_BYTES, segments);
    }

    private void append(final Lane lane, final int... lengths) {
        for (final int length : lengths) {
            assertTrue(lane.hasRoom(length));
            lane.memory.asSlice(lane.position(), length).fill((byte) length);
            lane.append(length);
        }
    }

    /// What was written: total length, and length of its segments.
    private List<String> sends(final Lane lane) {
        final List<String> sends = new ArrayList<>();
        lane.write(channel);
        channel.flush();
        for (DatagramPacket packet = channel.readOutbound();
                packet != null;
                packet = channel.readOutbound()) {
            final int length = packet.content().readableBytes();
            sends.add(
                    packet instanceof final SegmentedDatagramPacket segmented
                            ? length + "/" + segmented.segmentSize()
                            : String.valueOf(length));
            packet.release();
        }
        return sends;
    }

    @Test
    void shouldSendDatagramsOfOneLengthTogetherWithAShorterOne() {
        final Lane lane = lane(true);
        append(lane, 100, 100, 100, 60, 60, 100);

        assertEquals(List.of("360/100", "60", "100"), sends(lane));
        assertTrue(lane.isEmpty());
    }

    @Test
    void shouldSendWhatIsFragmentedAlone() {
        final Lane lane = lane(true);
        append(lane, PACKET_BYTES + 1, PACKET_BYTES + 1, PACKET_BYTES, PACKET_BYTES, 7);

        assertEquals(List.of("1473", "1473", "2951/1472"), sends(lane));
    }

    @Test
    void shouldSendNoMoreSegmentsTogetherThanKernelsTake() {
        final Lane lane = lane(true);
        for (int i = 0; i < 65; i++) {
            append(lane, 40);
        }
        for (int i = 0; i < 50; i++) {
            append(lane, 1_400);
        }

        assertEquals(List.of("2560/40", "40", "64400/1400", "5600/1400"), sends(lane));
    }

    @Test
    void shouldSendOneByOneWhereTheKernelTakesNoSegments() {
        final Lane lane = lane(false);
        append(lane, 100, 100, 50);

        assertEquals(List.of("100", "100", "50"), sends(lane));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldSendEveryDatagramOnceAndInOrder(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        final Lane lane = lane(true);
        for (int round = 0; round < 5; round++) {
            final List<Integer> lengths = new ArrayList<>();
            int length = 60;
            while (lane.hasRoom(2_000)) {
                length = random.nextInt(3) == 0 ? 1 + random.nextInt(2_000) : length;
                lane.memory.set(ValueLayout.JAVA_BYTE, lane.position(), (byte) lengths.size());
                lane.append(length);
                lengths.add(length);
            }

            assertEquals(lengths, datagrams(lane));
        }
    }

    /// The lengths of the datagrams that the kernel would make of what was written.
    private List<Integer> datagrams(final Lane lane) {
        final List<Integer> lengths = new ArrayList<>();
        lane.write(channel);
        channel.flush();
        for (DatagramPacket packet = channel.readOutbound();
                packet != null;
                packet = channel.readOutbound()) {
            final int whole = packet.content().readableBytes();
            final int segment =
                    packet instanceof final SegmentedDatagramPacket segmented
                            ? segmented.segmentSize()
                            : whole;
            assertTrue((whole + segment - 1) / segment <= Lane.MAX_SEGMENTS);
            while (packet.content().isReadable()) {
                final int length = Math.min(segment, packet.content().readableBytes());
                assertEquals((byte) lengths.size(), packet.content().readSlice(length).getByte(0));
                lengths.add(length);
            }
            packet.release();
        }
        return lengths;
    }
}
