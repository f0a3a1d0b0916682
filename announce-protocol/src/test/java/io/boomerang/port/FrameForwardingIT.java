package io.boomerang.port;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.port.PortOptions.Driver;
import io.boomerang.wire.IpProtocol;
import io.boomerang.wire.NetworkOrder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Frames through two ports back to back come out as they went in.
///
/// `sender | left -- bump -- right | receiver`
class FrameForwardingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MTU = 1_500;
    private static final int LEAST = 60;
    private static final int LONGEST = MTU + 14;
    private static final int TAG_LENGTH = 4;
    private static final int WINDOW = 256;
    private static final int EXPERIMENTAL = 0x88B5;
    private static final PortOptions PACKET = PortOptions.DEFAULTS.withDriver(Driver.AF_PACKET);

    private final FrameBurst burst = new FrameBurst(64);
    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final TestNetwork network = TestNetwork.orSkip();

    @AfterEach
    void closeAll() throws Exception {
        for (final AutoCloseable closeable : closeables.reversed()) {
            closeable.close();
        }
        network.close();
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldPassFramesOfAllSizesBothWays(final Driver driver) throws PortException {
        makePairs(MTU);
        final RandomGenerator random = new SplittableRandom(7);
        final List<byte[]> frames = new ArrayList<>();
        for (int length = LEAST; length <= LONGEST; length++) {
            frames.add(frame(random, length));
        }

        passBothWays(driver, frames);
    }

    @ParameterizedTest
    @CsvSource({"AF_XDP,3500", "AF_PACKET,9000"})
    void shouldPassFramesOfALongMtu(final Driver driver, final int mtu) throws PortException {
        makePairs(mtu);
        final RandomGenerator random = new SplittableRandom(12);
        final List<byte[]> frames = new ArrayList<>();
        for (int length = mtu + 14; length > MTU; length -= 50) {
            frames.add(frame(random, length));
        }

        passBothWays(driver, frames);
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldPassTaggedFramesBothWays(final Driver driver) throws PortException {
        makePairs(MTU);
        final RandomGenerator random = new SplittableRandom(8);
        final List<byte[]> frames = new ArrayList<>();
        for (int length = LEAST; length <= LONGEST + TAG_LENGTH; length += 13) {
            final byte[] tagged = frame(random, length);
            final MemorySegment view = MemorySegment.ofArray(tagged);
            view.set(NetworkOrder.SHORT, 12, (short) (length % 2 == 0 ? 0x8100 : 0x88A8));
            view.set(NetworkOrder.SHORT, 16, (short) EXPERIMENTAL);
            if (length % 3 == 0) {
                view.set(NetworkOrder.SHORT, 16, (short) 0x8100);
                view.set(NetworkOrder.SHORT, 20, (short) EXPERIMENTAL);
            }
            frames.add(tagged);
        }

        passBothWays(driver, frames);
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldPassWrongChecksumsAsTheyAre(final Driver driver) throws PortException {
        makePairs(MTU);
        final RandomGenerator random = new SplittableRandom(9);
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            final boolean isVersion6 = random.nextBoolean();
            final int protocol = random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP;
            final byte[] whole = SentFrame.whole(random, isVersion6, protocol, 0, 20 + i);
            if (i % 3 == 0) {
                whole[whole.length - 1] ^= 0x55;
            }
            frames.add(whole);
        }

        passBothWays(driver, frames);
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldPutBackTagsThatComeBesideFrames(final Driver driver) throws IOException {
        TestNetwork.requireXdp();
        makePairs(MTU);
        final PortOptions options = PortOptions.DEFAULTS.withDriver(driver);
        final PacketPort left = open("left", options);
        final PacketPort right = open("right", options);
        final PacketPort receiver = open("sink", PACKET);
        final PacketPort sender = open("sender", new PortOptions(Driver.AF_PACKET, 64, 256, false));
        closeables.add(new TagPusher(network.device("sender")));
        final RandomGenerator random = new SplittableRandom(10);
        final List<byte[]> frames = new ArrayList<>();
        final List<byte[]> tagged = new ArrayList<>();
        for (int length = LEAST; length <= LONGEST; length += 17) {
            final byte[] frame = frame(random, length);
            frames.add(frame);
            tagged.add(TagPusher.tagged(frame));
        }

        try (Bump _ = new Bump(left, right)) {
            pass(frames, sender, tagged, receiver);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Driver.class, mode = Mode.EXCLUDE, names = "AUTO")
    void shouldServeAllQueues(final Driver driver) throws PortException {
        network.pair("two", "flows", MTU, 2);
        final PacketPort port = open("two", PortOptions.DEFAULTS.withDriver(driver));
        final PacketPort sender = open("flows", PACKET);
        final RandomGenerator random = new SplittableRandom(11);
        final List<byte[]> received = new ArrayList<>();
        for (int i = 0; i < WINDOW; i++) {
            final byte[] frame = SentFrame.whole(random, false, IpProtocol.UDP, 0, 100);
            assertTrue(sender.transmit(MemorySegment.ofArray(frame), 0, frame.length));
        }

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    sender.flush();
                    collect(port, received);
                    return received.size() == WINDOW;
                });
        assertEquals(driver == Driver.AF_XDP ? 2 : 1, port.descriptors().length);
    }

    private static byte[] frame(final RandomGenerator random, final int length) {
        final byte[] frame = new byte[length];
        random.nextBytes(frame);
        frame[0] &= (byte) ~1;
        MemorySegment.ofArray(frame).set(NetworkOrder.SHORT, 12, (short) EXPERIMENTAL);
        return frame;
    }

    private void passBothWays(final Driver driver, final List<byte[]> frames) throws PortException {
        final PortOptions options = PortOptions.DEFAULTS.withDriver(driver);
        final PacketPort left = open("left", options);
        final PacketPort right = open("right", options);
        final PacketPort sender = open("sender", PACKET);
        final PacketPort receiver = open("sink", PACKET);

        try (Bump _ = new Bump(left, right)) {
            pass(frames, sender, frames, receiver);
            pass(frames, receiver, frames, sender);
        }

        for (final PacketPort port : List.of(left, right)) {
            assertEquals(
                    new PortCounters(frames.size(), frames.size(), 0, 0, 0, 0), port.counters());
        }
    }

    private void pass(
            final List<byte[]> frames,
            final PacketPort sender,
            final List<byte[]> expected,
            final PacketPort receiver) {
        final List<byte[]> received = new ArrayList<>();
        for (int first = 0; first < frames.size(); first += WINDOW) {
            final int end = Math.min(first + WINDOW, frames.size());
            for (final byte[] frame : frames.subList(first, end)) {
                assertEquals(true, sender.transmit(MemorySegment.ofArray(frame), 0, frame.length));
            }
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        sender.flush();
                        collect(receiver, received);
                        return received.size() >= end;
                    });
        }
        assertEquals(frames.size(), received.size());
        for (int i = 0; i < frames.size(); i++) {
            assertArrayEquals(expected.get(i), received.get(i), "frame " + i);
        }
    }

    private void collect(final PacketPort port, final List<byte[]> received) {
        while (port.receive(burst) > 0) {
            for (int i = 0; i < burst.size(); i++) {
                received.add(
                        burst.segment(i)
                                .asSlice(burst.offset(i), burst.length(i))
                                .toArray(ValueLayout.JAVA_BYTE));
            }
        }
    }

    private void makePairs(final int mtu) {
        network.pair("left", "sender", mtu);
        network.pair("right", "sink", mtu);
    }

    private PacketPort open(final String name, final PortOptions options) throws PortException {
        TestNetwork.requireDriver(options.driver());
        final PacketPort port = PacketPorts.open(network.device(name), options);
        closeables.add(port);
        return port;
    }
}
