package io.boomerang.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import com.sun.management.ThreadMXBean;

import io.boomerang.wire.NetworkOrder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

@EnabledOnOs(value = OS.LINUX, disabledReason = "these are Linux's system calls")
class SystemCallsTest {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_RCVBUF = 8;
    private static final int SO_DOMAIN = 39;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EDESTADDRREQ = 89;
    private static final long SIOCGIFMTU = 0x8921;
    private static final byte[] NEIGHBOUR = {127, 0, 0, 2};

    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private int socket;

    @BeforeEach
    void openSocket() throws SystemCallException {
        socket = calls.socket(AF_INET, SOCK_DGRAM, 0);
    }

    @AfterEach
    void closeSocket() {
        calls.close(socket);
        arena.close();
    }

    @Test
    void shouldNameTheCallAndTheReason() {
        final SystemCallException refused =
                assertThrows(
                        SystemCallException.class, () -> calls.setOption(-1, 1, 2, "SO_TEST", 1));

        assertEquals("setsockopt SO_TEST: Bad file descriptor (errno 9)", refused.getMessage());
        assertEquals(9, refused.errno());
    }

    @Test
    void shouldSetAndGetOptions() throws SystemCallException {
        final MemorySegment value = arena.allocate(JAVA_INT);

        assertEquals(4, calls.getOption(socket, SOL_SOCKET, SO_DOMAIN, "SO_DOMAIN", value));
        assertEquals(AF_INET, value.get(JAVA_INT, 0));
        calls.getOption(socket, SOL_SOCKET, SO_TYPE, "SO_TYPE", value);
        assertEquals(SOCK_DGRAM, value.get(JAVA_INT, 0));
        calls.setOption(socket, SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", 10_000);
        calls.getOption(socket, SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", value);
        assertEquals(20_000, value.get(JAVA_INT, 0), "the kernel doubles it");
    }

    @Test
    void shouldReceiveWhatAnotherSocketSends() throws IOException {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            final MemorySegment set = SystemCalls.pollSet(arena, socket);
            final MemorySegment buffer = arena.allocate(16);
            calls.bind(socket, neighbour(other.getLocalPort()));
            assertEquals(-Errno.EAGAIN, calls.receive(socket, buffer, 16, MSG_DONTWAIT));
            assertEquals(0, calls.poll(set, 0));

            final InetAddress neighbour = InetAddress.getByAddress(NEIGHBOUR);
            other.send(
                    new DatagramPacket(new byte[] {1, 2, 3}, 3, neighbour, other.getLocalPort()));

            assertEquals(1, calls.poll(set, 10_000));
            assertEquals(3, calls.receive(socket, buffer, 16, MSG_DONTWAIT));
            assertEquals(3, buffer.get(JAVA_BYTE, 2));
            assertEquals(-EDESTADDRREQ, calls.send(socket, buffer, 3, MSG_DONTWAIT));
        }
    }

    @Test
    void shouldFindInterfaces() throws SystemCallException {
        assertTrue(calls.interfaceIndex("lo") > 0);
        final SystemCallException unknown =
                assertThrows(SystemCallException.class, () -> calls.interfaceIndex("none-such"));

        assertEquals(Errno.ENODEV, unknown.errno());
    }

    @Test
    void shouldAskDrivers() throws SystemCallException {
        final MemorySegment request = arena.allocate(40, 8);
        request.setString(0, "lo");

        calls.ioctl(socket, SIOCGIFMTU, "SIOCGIFMTU", request);

        assertEquals(65_536, request.get(JAVA_INT, 16));
    }

    @Test
    void shouldSayWhatBpfSays() {
        final MemorySegment nothing = arena.allocate(16);

        final SystemCallException refused =
                assertThrows(SystemCallException.class, () -> calls.bpf(9_999, "TEST", nothing));

        assertTrue(refused.toString().contains("bpf TEST: "), refused::toString);
    }

    @Test
    void shouldAllocateNothingPerCall() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final MemorySegment set = SystemCalls.pollSet(arena, socket);
        final MemorySegment buffer = arena.allocate(16);
        final long before = threads.getCurrentThreadAllocatedBytes();
        final long nothing = threads.getCurrentThreadAllocatedBytes() - before;
        long allocated = Long.MAX_VALUE;

        // The compiler takes the native calls apart late.
        for (int round = 0; round < 100 && allocated > 0; round++) {
            final long start = threads.getCurrentThreadAllocatedBytes();
            callOften(set, buffer, 10_000);
            allocated = threads.getCurrentThreadAllocatedBytes() - start - nothing;
        }

        assertEquals(0, allocated);
    }

    private void callOften(final MemorySegment set, final MemorySegment buffer, final int times) {
        for (int i = 0; i < times; i++) {
            assertEquals(0, calls.poll(set, 0));
            assertEquals(-Errno.EAGAIN, calls.receive(socket, buffer, 16, MSG_DONTWAIT));
            assertEquals(-EDESTADDRREQ, calls.send(socket, buffer, 3, MSG_DONTWAIT));
        }
    }

    /// The port of a socket at another address is free at this one.
    private MemorySegment neighbour(final int port) {
        final MemorySegment address = arena.allocate(16, 4);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(NetworkOrder.SHORT, 2, (short) port);
        address.asSlice(4).copyFrom(MemorySegment.ofArray(NEIGHBOUR));
        return address;
    }
}
