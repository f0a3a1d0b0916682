package io.boomerang.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.boomerang.wire.NetworkOrder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

@EnabledOnOs(value = OS.LINUX, disabledReason = "these are Linux's system calls")
class StreamCallsTest {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SHUT_WR = 1;
    private static final int ADDRESS_BYTES = 16;
    private static final int EBADF = 9;
    private static final int PATIENCE_MS = 10_000;

    private final Arena arena = Arena.ofConfined();
    private final SystemCalls calls = new SystemCalls(arena);
    private final StreamCalls streams = new StreamCalls(arena);
    private final MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
    private int listener;
    private int client;

    @BeforeEach
    void listen() throws SystemCallException {
        listener = calls.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        client = calls.socket(AF_INET, SOCK_STREAM, 0);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.asSlice(4).copyFrom(MemorySegment.ofArray(new byte[] {127, 0, 0, 1}));
        calls.bind(listener, address);
        assertEquals(0, streams.listen(listener, 1));
        assertEquals(ADDRESS_BYTES, streams.localName(listener, address));
    }

    @AfterEach
    void closeAll() {
        calls.close(client);
        calls.close(listener);
        arena.close();
    }

    @Test
    void shouldAcceptWhoConnects() {
        final MemorySegment peer = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
        final MemorySegment own = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
        assertEquals(-Errno.EAGAIN, streams.accept(listener, SOCK_NONBLOCK));

        assertEquals(0, streams.connect(client, address, ADDRESS_BYTES));
        assertEquals(1, calls.poll(SystemCalls.pollSet(arena, listener), PATIENCE_MS));
        final int accepted = streams.accept(listener, SOCK_NONBLOCK);

        assertTrue(accepted >= 0);
        assertEquals(ADDRESS_BYTES, streams.peerName(client, peer));
        assertEquals(-1, peer.mismatch(address));
        assertEquals(ADDRESS_BYTES, streams.peerName(accepted, peer));
        assertEquals(ADDRESS_BYTES, streams.localName(client, own));
        assertEquals(-1, own.mismatch(peer));
        assertTrue(own.get(NetworkOrder.SHORT, 2) != address.get(NetworkOrder.SHORT, 2));
        calls.close(accepted);
    }

    @Test
    void shouldEndOneDirection() {
        final MemorySegment buffer = arena.allocate(1);
        assertEquals(0, streams.connect(client, address, ADDRESS_BYTES));
        assertEquals(1, calls.poll(SystemCalls.pollSet(arena, listener), PATIENCE_MS));
        final int accepted = streams.accept(listener, 0);

        assertEquals(0, streams.shutdown(client, SHUT_WR));

        assertEquals(0, calls.receive(accepted, buffer, 1, 0));
        buffer.set(JAVA_BYTE, 0, (byte) 7);
        assertEquals(1, calls.send(accepted, buffer, 1, 0));
        buffer.set(JAVA_BYTE, 0, (byte) 0);
        assertEquals(1, calls.receive(client, buffer, 1, 0));
        assertEquals(7, buffer.get(JAVA_BYTE, 0));
        calls.close(accepted);
    }

    @Test
    void shouldSayWhyNot() {
        assertEquals(-EBADF, streams.listen(-1, 1));
        assertEquals(-EBADF, streams.accept(-1, 0));
        assertEquals(-EBADF, streams.connect(-1, address, ADDRESS_BYTES));
        assertEquals(-EBADF, streams.localName(-1, address));
        assertEquals(-EBADF, streams.peerName(-1, address));
        assertEquals(-EBADF, streams.shutdown(-1, SHUT_WR));
    }
}
