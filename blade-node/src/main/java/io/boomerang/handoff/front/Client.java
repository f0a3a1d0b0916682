package io.boomerang.handoff.front;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.linux.SystemCallException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// A connection that is waited for, with what its client has sent.
final class Client {
    private static final int FIRST_BYTES = 1_024;

    private final long key;
    private final long acceptedNs;
    private final Set<Integer> tried = new HashSet<>();
    private TcpSocket socket;
    private byte[] bytes = new byte[0];
    private int length;
    private boolean ended;
    private @Nullable String service;
    private int retries;
    private long retryNs;

    Client(final long key, final TcpSocket socket, final long acceptedNs) {
        this.key = key;
        this.socket = socket;
        this.acceptedNs = acceptedNs;
    }

    long key() {
        return key;
    }

    TcpSocket socket() {
        return socket;
    }

    long ageNs(final long nowNs) {
        return nowNs - acceptedNs;
    }

    /// Nothing more comes.
    boolean ended() {
        return ended;
    }

    int length() {
        return length;
    }

    /// What this takes of the memory.
    int bufferedBytes() {
        return bytes.length;
    }

    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    Octets octets() {
        return Octets.copyOf(MemorySegment.ofArray(bytes), 0, length);
    }

    /// Reads what there is, by way of the native memory, until there are that many bytes.
    void read(final MemorySegment memory, final int most) throws SystemCallException {
        while (!ended && length < most) {
            final int count =
                    socket.read(memory.asSlice(0, Math.min(memory.byteSize(), most - length)));
            if (count == 0) {
                return;
            }
            if (count < 0) {
                ended = true;
            } else {
                append(memory, count, most);
            }
        }
    }

    private void append(final MemorySegment memory, final int count, final int most) {
        if (length + count > bytes.length) {
            final int doubled = Math.max(Math.max(FIRST_BYTES, 2 * bytes.length), length + count);
            bytes = Arrays.copyOf(bytes, Math.min(doubled, most));
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, length, count);
        length += count;
    }

    /// What it wants; null until that is decided.
    @Nullable String service() {
        return service;
    }

    void decide(final String chosen) {
        service = chosen;
    }

    /// Hosts that did not take it.
    Set<Integer> tried() {
        return tried;
    }

    /// It came back from a host.
    void comeBack(final TcpSocket again) {
        socket = again;
    }

    /// Answers false if that was often enough.
    boolean retryAt(final long whenNs) {
        retries++;
        retryNs = whenNs;
        return retries <= FrontConfig.RETRIES;
    }

    long retryNs() {
        return retryNs;
    }
}
