package io.boomerang.transfer;

import io.boomerang.announce.KeyCodec;
import io.boomerang.flow.FlowKey;
import io.boomerang.wire.NetworkOrder;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes datagrams of transfers one after the other into the same memory and sends them. One
/// thread.
public final class TransferWriter {
    private final MemorySegment memory =
            MemorySegment.ofArray(new byte[TransferDatagram.MAX_LENGTH]);
    private final TransferDatagram view = new TransferDatagram();
    private final TransferPort port;

    public TransferWriter(final TransferPort port) {
        this.port = port;
    }

    /// A datagram that says nothing but its type.
    public void send(final int to, final int type, final TransferId id, final int host) {
        send(to, type, id, host, 0, TransferDatagram.BODY);
    }

    /// The same from the classifier, which knows how all transfers before `oldestOpen` have ended.
    public void send(
            final int to,
            final int type,
            final TransferId id,
            final int host,
            final long oldestOpen) {
        send(to, type, id, host, oldestOpen, TransferDatagram.BODY);
    }

    public void sendChunk(
            final int to,
            final TransferId id,
            final int host,
            final long oldestOpen,
            final MovingFlow flow,
            final MemorySegment blob,
            final int chunk) {
        final int from = chunk * TransferDatagram.CHUNK_BYTES;
        final int count = (int) Math.min(TransferDatagram.CHUNK_BYTES, blob.byteSize() - from);
        memory.set(NetworkOrder.INT, TransferDatagram.BODY, (int) blob.byteSize());
        memory.set(NetworkOrder.INT, TransferDatagram.CHUNK_OFFSET, from);
        write(flow);
        MemorySegment.copy(blob, from, memory, TransferDatagram.CHUNK_CONTENT, count);
        send(
                to,
                TransferDatagram.CHUNK,
                id,
                host,
                oldestOpen,
                TransferDatagram.CHUNK_CONTENT + count);
    }

    private void write(final MovingFlow flow) {
        final FlowKey key = flow.key();
        memory.set(NetworkOrder.LONG, TransferDatagram.CHUNK_FLOW_ID, flow.flowId());
        memory.set(NetworkOrder.SHORT, TransferDatagram.CHUNK_VERSION, (short) flow.version());
        memory.set(NetworkOrder.BYTE, TransferDatagram.CHUNK_SHAPE, (byte) KeyCodec.shapeOf(key));
        memory.set(NetworkOrder.BYTE, TransferDatagram.CHUNK_PROTOCOL, (byte) key.protocol());
        memory.set(NetworkOrder.INT, TransferDatagram.CHUNK_VLAN, key.vlanDomain());
        memory.asSlice(TransferDatagram.CHUNK_KEY, KeyCodec.IPV6_BODY_LENGTH).fill((byte) 0);
        KeyCodec.writeBody(key, memory, TransferDatagram.CHUNK_KEY);
    }

    public void sendHave(
            final int to,
            final TransferId id,
            final int host,
            final int firstMissing,
            final long present) {
        memory.set(NetworkOrder.INT, TransferDatagram.BODY, firstMissing);
        memory.set(NetworkOrder.LONG, TransferDatagram.HAVE_NEXT, present);
        send(to, TransferDatagram.HAVE, id, host, 0, TransferDatagram.HAVE_LENGTH);
    }

    public void sendCommit(
            final int to,
            final TransferId id,
            final int host,
            final long flowId,
            final int version) {
        memory.set(NetworkOrder.LONG, TransferDatagram.BODY, flowId);
        memory.set(NetworkOrder.SHORT, TransferDatagram.COMMIT_VERSION, (short) version);
        memory.set(NetworkOrder.SHORT, TransferDatagram.COMMIT_ZERO, (short) 0);
        send(to, TransferDatagram.COMMIT, id, host, 0, TransferDatagram.COMMIT_LENGTH);
    }

    /// REFUSED, KEPT or LOST, with as much of the reason as has room.
    public void sendReason(
            final int to,
            final int type,
            final TransferId id,
            final int host,
            final String reason) {
        final byte[] all = reason.getBytes(StandardCharsets.UTF_8);
        final byte[] text = Arrays.copyOf(all, Math.min(all.length, TransferDatagram.CHUNK_BYTES));
        MemorySegment.copy(
                text, 0, memory, ValueLayout.JAVA_BYTE, TransferDatagram.BODY, text.length);
        send(to, type, id, host, 0, TransferDatagram.BODY + text.length);
    }

    private void send(
            final int to,
            final int type,
            final TransferId id,
            final int host,
            final long oldestOpen,
            final int length) {
        memory.set(NetworkOrder.BYTE, 0, (byte) TransferDatagram.VERSION_VALUE);
        memory.set(NetworkOrder.BYTE, TransferDatagram.TYPE, (byte) type);
        memory.set(NetworkOrder.SHORT, TransferDatagram.HOST, (short) host);
        memory.set(NetworkOrder.LONG, TransferDatagram.NUMBER, id.number());
        memory.set(NetworkOrder.LONG, TransferDatagram.OLDEST_OPEN, oldestOpen);
        memory.set(NetworkOrder.SHORT, TransferDatagram.CLASSIFIER, (short) id.classifier());
        memory.set(NetworkOrder.SHORT, TransferDatagram.INCARNATION, (short) id.incarnation());
        memory.set(NetworkOrder.INT, TransferDatagram.CHECKSUM, view.seal(memory, length));
        port.send(to, memory, 0, length);
    }
}
