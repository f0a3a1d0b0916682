package io.boomerang.sim.replay;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.FlowParser;
import io.boomerang.flow.FlowRules;
import io.boomerang.flow.PacketClass;
import io.boomerang.flow.ParsedPacket;
import io.boomerang.flow.TupleRewriter;

import java.lang.foreign.MemorySegment;

/// The hosts beyond the chassis when it translates addresses. They know a flow's initiator by the
/// address and port under which its packets came out, and answer to that one: the packets of the
/// capture's other direction are rewritten before they enter, so that nothing but the announcement
/// can bring them home. And they see whether what comes out at the initiator's side carries the
/// initiator's own address again. One thread.
final class OutsideWorld {
    private final FlowBook book;
    private final FlowParser parser;
    private final ParsedPacket emitted = new ParsedPacket();
    private final TupleRewriter rewriter = new TupleRewriter();
    private long answersRewritten;
    private long answersUntranslated;

    OutsideWorld(final FlowBook book, final FlowRules rules) {
        this.book = book;
        this.parser = new FlowParser(rules);
    }

    /// A frame of `flow`'s first direction came out on the far side: learns under which address, if
    /// it was translated.
    void learn(final int flow, final MemorySegment frame, final long offset, final int length) {
        if (book.hasOutside(flow)
                || parser.parse(frame, offset, length, emitted) != PacketClass.FLOW
                || emitted.isIcmpError()
                || emitted.key().equals(book.key(flow))) {
            return;
        }
        final FlowKey seen = emitted.key();
        final boolean sourceIsB = emitted.sourceIsB();
        book.setOutside(
                flow,
                sourceIsB ? seen.bHigh() : seen.aHigh(),
                sourceIsB ? seen.bLow() : seen.aLow(),
                sourceIsB ? seen.bPort() : seen.aPort());
    }

    /// Addresses an answer to where the far network saw the initiator; the frame is changed in
    /// place.
    void address(
            final int flow,
            final MemorySegment frame,
            final long offset,
            final int length,
            final ParsedPacket packet) {
        if (!book.hasOutside(flow)) {
            answersUntranslated++;
            return;
        }
        if (rewriter.translateDestination(
                frame,
                offset,
                length,
                packet,
                book.outsideHigh(flow),
                book.outsideLow(flow),
                book.outsidePort(flow))) {
            answersRewritten++;
        }
    }

    /// Whether a frame that came out on the initiator's side belongs to its flow again; true where
    /// the frame alone does not tell.
    boolean isHome(final int flow, final MemorySegment frame, final long offset, final int length) {
        return parser.parse(frame, offset, length, emitted) != PacketClass.FLOW
                || emitted.key().equals(book.key(flow));
    }

    long answersRewritten() {
        return answersRewritten;
    }

    /// Answers to flows of which no packet had come out: sent as they stand in the capture.
    long answersUntranslated() {
        return answersUntranslated;
    }
}
