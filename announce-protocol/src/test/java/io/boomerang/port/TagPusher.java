package io.boomerang.port;

import io.boomerang.bpf.Assembler;
import io.boomerang.bpf.Bpf;
import io.boomerang.linux.SystemCalls;
import io.boomerang.wire.EtherType;
import io.boomerang.wire.NetworkOrder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Tags all frames that leave an interface, as a VLAN device on it does: the tag travels beside the
/// frame.
final class TagPusher implements AutoCloseable {
    // linux/bpf.h.
    private static final int BPF_PROG_TYPE_SCHED_CLS = 3;
    private static final int BPF_TCX_EGRESS = 47;
    private static final int HELPER_VLAN_PUSH = 18;

    private static final int ADDRESSES = 12;
    private static final int CONTROL = 0xA007;

    private final Arena arena = Arena.ofShared();
    private final SystemCalls calls = new SystemCalls(arena);
    private final int program;
    private final int link;

    TagPusher(final String device) throws IOException {
        final Bpf bpf = new Bpf(calls);
        final Assembler code =
                new Assembler()
                        .moveConstant(2, Short.reverseBytes((short) EtherType.VLAN) & 0xFFFF)
                        .moveConstant(3, CONTROL)
                        .call(HELPER_VLAN_PUSH)
                        .moveConstant(0, 0)
                        .exit();
        program =
                bpf.load(
                        new Bpf.Program(
                                "tag_pusher",
                                BPF_PROG_TYPE_SCHED_CLS,
                                BPF_TCX_EGRESS,
                                0,
                                0,
                                code.assemble(arena)));
        link = bpf.attach(program, calls.interfaceIndex(device), BPF_TCX_EGRESS, 0);
    }

    /// What becomes of a frame.
    static byte[] tagged(final byte[] frame) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, ADDRESSES);
        System.arraycopy(frame, ADDRESSES, tagged, ADDRESSES + 4, frame.length - ADDRESSES);
        final MemorySegment view = MemorySegment.ofArray(tagged);
        view.set(NetworkOrder.SHORT, ADDRESSES, (short) EtherType.VLAN);
        view.set(NetworkOrder.SHORT, ADDRESSES + 2, (short) CONTROL);
        return tagged;
    }

    @Override
    public void close() {
        calls.close(link);
        calls.close(program);
        arena.close();
    }
}
