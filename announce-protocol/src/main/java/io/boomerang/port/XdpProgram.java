package io.boomerang.port;

import io.boomerang.bpf.Assembler;
import io.boomerang.bpf.Assembler.Width;
import io.boomerang.bpf.Bpf;
import io.boomerang.bpf.KernelTypes;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/// The program that a driver runs for each frame that arrives: it gives the frame to the AF_XDP
/// socket of the frame's queue.
///
/// A program sees a frame's bytes alone. Between the two ends of a veth a VLAN tag travels beside
/// them, so there the program asks for it and puts it back first.
final class XdpProgram {
    // linux/bpf.h.
    static final int BPF_PROG_TYPE_XDP = 6;
    static final int BPF_XDP = 37;
    private static final int BPF_F_XDP_DEV_BOUND_ONLY = 1 << 6;
    private static final int HELPER_ADJUST_HEAD = 44;
    private static final int HELPER_REDIRECT_MAP = 51;
    private static final int XDP_DROP = 1;
    private static final int XDP_PASS = 2;

    /// `struct xdp_md`: where the frame begins and ends, and its queue.
    private static final int DATA = 0;

    private static final int DATA_END = 4;
    private static final int QUEUE = 16;

    private static final String ASK_FOR_TAG = "bpf_xdp_metadata_rx_vlan_tag";
    private static final int TAG_BYTES = 4;
    private static final int TYPE_AT = 12;
    private static final int CONTROL_AT = 14;

    /// On the stack: the tag's type as in the frame, its control as a number.
    private static final int STACK_TYPE = -8;

    private static final int STACK_CONTROL = -6;

    private static final int RESULT = 0;
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int THIRD = 3;
    private static final int SCRATCH = 4;
    private static final int CONTEXT = 6;
    private static final int STACK = 10;

    private XdpProgram() {}

    /// For drivers that leave tags in frames.
    static Bpf.Program plain(final Arena arena, final int sockets) {
        final Assembler code = new Assembler().move(CONTEXT, FIRST);
        toSocket(code, sockets);
        return program(0, 0, code.assemble(arena));
    }

    /// For drivers that keep tags beside frames, bound to the interface of that number.
    ///
    /// @throws IOException when this kernel does not tell the tag
    static Bpf.Program withTags(final Arena arena, final int sockets, final int device)
            throws IOException {
        final OptionalInt ask = KernelTypes.ofThisKernel().function(ASK_FOR_TAG);
        if (ask.isEmpty()) {
            throw new IOException("this kernel does not tell VLAN tags, it has no " + ASK_FOR_TAG);
        }
        final Assembler code = new Assembler().move(CONTEXT, FIRST);
        putTagBack(code, ask.getAsInt());
        toSocket(code.label("redirect"), sockets);
        code.label("drop").moveConstant(RESULT, XDP_DROP).exit();
        return program(BPF_F_XDP_DEV_BOUND_ONLY, device, code.assemble(arena));
    }

    private static Bpf.Program program(
            final int flags, final int device, final MemorySegment instructions) {
        return new Bpf.Program(
                "boomerang_port", BPF_PROG_TYPE_XDP, BPF_XDP, flags, device, instructions);
    }

    private static void putTagBack(final Assembler code, final int ask) {
        code.storeConstant(Width.WORD, STACK, STACK_TYPE, 0)
                .move(FIRST, CONTEXT)
                .move(SECOND, STACK)
                .addConstant(SECOND, STACK_TYPE)
                .move(THIRD, STACK)
                .addConstant(THIRD, STACK_CONTROL)
                .callKernel(ask)
                .jumpIfNotEqual(RESULT, 0, "redirect")
                .move(FIRST, CONTEXT)
                .moveConstant(SECOND, -TAG_BYTES)
                .call(HELPER_ADJUST_HEAD)
                .jumpIfNotEqual(RESULT, 0, "drop")
                .load(Width.WORD, SECOND, CONTEXT, DATA)
                .load(Width.WORD, THIRD, CONTEXT, DATA_END)
                .move(SCRATCH, SECOND)
                .addConstant(SCRATCH, CONTROL_AT + Short.BYTES)
                .jumpIfGreater(SCRATCH, THIRD, "drop");
        for (int at = 0; at < TYPE_AT; at += Integer.BYTES) {
            code.load(Width.WORD, SCRATCH, SECOND, at + TAG_BYTES)
                    .store(Width.WORD, SECOND, at, SCRATCH);
        }
        code.load(Width.HALF, SCRATCH, STACK, STACK_TYPE)
                .store(Width.HALF, SECOND, TYPE_AT, SCRATCH)
                .load(Width.HALF, SCRATCH, STACK, STACK_CONTROL)
                .toNetworkOrder(Width.HALF, SCRATCH)
                .store(Width.HALF, SECOND, CONTROL_AT, SCRATCH);
    }

    private static void toSocket(final Assembler code, final int sockets) {
        code.loadMap(FIRST, sockets)
                .load(Width.WORD, SECOND, CONTEXT, QUEUE)
                .moveConstant(THIRD, XDP_PASS)
                .call(HELPER_REDIRECT_MAP)
                .exit();
    }
}
