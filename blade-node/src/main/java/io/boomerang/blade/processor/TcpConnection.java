package io.boomerang.blade.processor;

import io.boomerang.announce.TcpPhase;
import io.boomerang.blade.session.FlowState;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/// A TCP connection as a firewall in the middle sees it: which segments may come next, by the
/// method of Guido van Rooij, "Real Stateful TCP Packet Filtering in IP Filter".
///
/// For each end three numbers are kept: the highest sequence number it has sent (`end`), the
/// highest one its peer has allowed it to send (`maxEnd`), and the largest window it has ever
/// offered (`maxWindow`). A segment must begin below `maxEnd`, may repeat at most one peer's window
/// of old data, must not acknowledge what the peer has not sent, and not lag behind by more than a
/// window either. Sequence numbers are compared by subtraction.
///
/// A connection that was picked up in mid-stream is *loose*: its window scales were agreed before
/// the firewall saw it, so its windows cannot be judged.
final class TcpConnection implements FlowState {
    /// How far acknowledgements may lag at least; the paper's bound for windows without scaling.
    private static final int LEAST_ACK_LAG = 66_000;

    private enum Stage {
        NONE(0),
        SYN_SENT(1),
        SYN_RECEIVED(2),
        ESTABLISHED(3),
        CLOSED(4);

        private final int code;

        Stage(final int code) {
            this.code = code;
        }

        static @Nullable Stage of(final int code) {
            for (final Stage stage : values()) {
                if (stage.code == code) {
                    return stage;
                }
            }
            return null;
        }
    }

    /// The bytes of a connection that moves, all numbers big-endian:
    ///
    /// ```
    ///  0  format, 1
    ///  1  stage
    ///  2  flags
    ///  3  zero
    ///  4  what a fresh SYN said: end (4), window (4), scale (1); zeros without one
    /// 13  the initiator's scale, the responder's, zero
    /// 16  the initiator's end, maxEnd, maxWindow, finEnd (4 each)
    /// 32  the same of the responder
    /// ```
    private static final int BYTES = 48;

    private static final int FORMAT = 1;
    private static final int LOOSE = 1;
    private static final int FRESH_SYN = 1 << 1;
    private static final int INITIATOR_SHIFT = 2;
    private static final int RESPONDER_SHIFT = 5;
    private static final int SEEN = 1;
    private static final int FIN = 1 << 1;
    private static final int FIN_ACKNOWLEDGED = 1 << 2;

    /// One end of the connection, as a sender.
    private static final class Sender {
        boolean seen;
        int end;
        int maxEnd;
        int maxWindow;
        int scale;
        boolean hasFin;
        boolean finAcknowledged;
        int finEnd;

        void clear() {
            seen = false;
            end = 0;
            maxEnd = 0;
            maxWindow = 0;
            scale = 0;
            hasFin = false;
            finAcknowledged = false;
            finEnd = 0;
        }

        void begin(final TcpSegment segment) {
            clear();
            seen = true;
            end = segment.end();
            maxEnd = end;
            maxWindow = Math.max(1, segment.window());
            scale = segment.scale();
        }

        int flags() {
            return (seen ? SEEN : 0)
                    | (hasFin ? FIN : 0)
                    | (finAcknowledged ? FIN_ACKNOWLEDGED : 0);
        }

        void write(final ByteBuffer bytes) {
            bytes.putInt(end).putInt(maxEnd).putInt(maxWindow).putInt(finEnd);
        }

        void read(final ByteBuffer bytes, final int flags, final int newScale) {
            seen = (flags & SEEN) != 0;
            hasFin = (flags & FIN) != 0;
            finAcknowledged = (flags & FIN_ACKNOWLEDGED) != 0;
            scale = newScale;
            end = bytes.getInt();
            maxEnd = bytes.getInt();
            maxWindow = bytes.getInt();
            finEnd = bytes.getInt();
        }
    }

    private final Sender initiator = new Sender();
    private final Sender responder = new Sender();
    private Stage stage = Stage.NONE;
    private boolean loose;

    /// The initiator has sent a SYN into the live connection: it may have restarted. If the answer
    /// acknowledges just that SYN, so has the responder.
    private boolean freshSyn;

    private int freshEnd;
    private int freshWindow;
    private int freshScale;

    @Override
    public void clear() {
        initiator.clear();
        responder.clear();
        stage = Stage.NONE;
        loose = false;
        freshSyn = false;
    }

    /// The firewall has let the connection pass before, but where its windows stood is not known.
    @Override
    public void resume(final TcpPhase phase) {
        clear();
        loose = true;
        stage = phase == TcpPhase.CLOSED ? Stage.CLOSED : Stage.ESTABLISHED;
    }

    @Override
    public byte[] toBytes() {
        final int flags =
                (loose ? LOOSE : 0)
                        | (freshSyn ? FRESH_SYN : 0)
                        | initiator.flags() << INITIATOR_SHIFT
                        | responder.flags() << RESPONDER_SHIFT;
        final ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.put((byte) FORMAT).put((byte) stage.code).put((byte) flags).put((byte) 0);
        bytes.putInt(freshSyn ? freshEnd : 0);
        bytes.putInt(freshSyn ? freshWindow : 0);
        bytes.put((byte) (freshSyn ? freshScale : 0));
        bytes.put((byte) initiator.scale).put((byte) responder.scale).put((byte) 0);
        initiator.write(bytes);
        responder.write(bytes);
        return bytes.array();
    }

    @Override
    public boolean takeOver(final byte[] array) {
        clear();
        final ByteBuffer bytes = ByteBuffer.wrap(array);
        if (array.length != BYTES || bytes.get() != FORMAT) {
            return false;
        }
        final Stage newStage = Stage.of(bytes.get());
        final int flags = Byte.toUnsignedInt(bytes.get());
        if (newStage == null || bytes.get() != 0) {
            return false;
        }
        final int newFreshEnd = bytes.getInt();
        final int newFreshWindow = bytes.getInt();
        final int newFreshScale = bytes.get();
        final int initiatorScale = bytes.get();
        final int responderScale = bytes.get();
        if (bytes.get() != 0
                || !TcpSegment.isScale(newFreshScale)
                || !TcpSegment.isScale(initiatorScale)
                || !TcpSegment.isScale(responderScale)) {
            return false;
        }
        stage = newStage;
        loose = (flags & LOOSE) != 0;
        freshSyn = (flags & FRESH_SYN) != 0;
        freshEnd = newFreshEnd;
        freshWindow = newFreshWindow;
        freshScale = newFreshScale;
        initiator.read(bytes, flags >>> INITIATOR_SHIFT, initiatorScale);
        responder.read(bytes, flags >>> RESPONDER_SHIFT, responderScale);
        return true;
    }

    /// Whether the connection is over, so that a SYN begins another one.
    boolean isClosed() {
        return stage == Stage.CLOSED;
    }

    /// Whether the connection was picked up in mid-stream.
    boolean isLoose() {
        return loose;
    }

    /// A SYN begins the connection; its sender is the initiator.
    void open(final TcpSegment syn) {
        clear();
        initiator.begin(syn);
        stage = Stage.SYN_SENT;
    }

    /// A segment from the middle of a connection whose beginning was not seen; its sender counts as
    /// the initiator.
    void pickUp(final TcpSegment segment) {
        clear();
        initiator.begin(segment);
        initiator.scale = 0;
        loose = true;
        stage = Stage.ESTABLISHED;
        noteFin(segment, initiator);
    }

    /// Judges a segment of the connection.
    ProcessorVerdict advance(final TcpSegment segment, final boolean fromInitiator) {
        if (stage == Stage.NONE) {
            return ProcessorVerdict.DROP_OUT_OF_STATE;
        }
        if (stage == Stage.SYN_SENT) {
            return fromInitiator ? repeatOpening(segment) : answerOpening(segment);
        }
        if (segment.isSyn()) {
            return synIntoConnection(segment, fromInitiator);
        }
        if (freshSyn && !fromInitiator && segment.isSynAck() && acknowledgesFreshSyn(segment)) {
            return restart(segment);
        }
        return judge(segment, fromInitiator);
    }

    private ProcessorVerdict repeatOpening(final TcpSegment segment) {
        if (segment.isSyn()) {
            initiator.begin(segment);
            return ProcessorVerdict.PASS;
        }
        return segment.hasRst() ? ProcessorVerdict.PASS : ProcessorVerdict.DROP_OUT_OF_STATE;
    }

    private ProcessorVerdict answerOpening(final TcpSegment segment) {
        if (segment.isSyn()) {
            beginResponder(segment);
            return ProcessorVerdict.PASS;
        }
        if (!segment.hasAck()) {
            return ProcessorVerdict.DROP_OUT_OF_STATE;
        }
        if (segment.hasRst()) {
            if (segment.acknowledgment() != initiator.end) {
                return ProcessorVerdict.DROP_OUT_OF_WINDOW;
            }
            stage = Stage.CLOSED;
            return ProcessorVerdict.PASS;
        }
        if (segment.hasSyn()) {
            if (!acknowledgesOpening(segment)) {
                return ProcessorVerdict.DROP_OUT_OF_WINDOW;
            }
            beginResponder(segment);
            allow(initiator, segment.acknowledgment() + Math.max(1, segment.window()));
            return ProcessorVerdict.PASS;
        }
        // A responder that still holds an old connection answers a SYN with an ACK of that one (RFC
        // 9293, section 3.5.1); the initiator's RST then clears the way.
        return segment.hasFin() ? ProcessorVerdict.DROP_OUT_OF_STATE : ProcessorVerdict.PASS;
    }

    /// The SYN alone or the data that came with it (RFC 7413), too.
    private boolean acknowledgesOpening(final TcpSegment segment) {
        return segment.acknowledgment() - initiator.end <= 0
                && segment.acknowledgment() - initiator.end >= -initiator.maxWindow;
    }

    private void beginResponder(final TcpSegment segment) {
        responder.begin(segment);
        allow(responder, responder.end + initiator.maxWindow);
        if (initiator.scale == TcpSegment.NO_SCALE || responder.scale == TcpSegment.NO_SCALE) {
            initiator.scale = 0;
            responder.scale = 0;
        }
        stage = Stage.SYN_RECEIVED;
    }

    private ProcessorVerdict synIntoConnection(
            final TcpSegment segment, final boolean fromInitiator) {
        final Sender from = fromInitiator ? initiator : responder;
        if (stage == Stage.SYN_RECEIVED && segment.end() == from.end) {
            return ProcessorVerdict.PASS;
        }
        if (!fromInitiator) {
            return ProcessorVerdict.DROP_OUT_OF_STATE;
        }
        freshSyn = true;
        freshEnd = segment.end();
        freshWindow = segment.window();
        freshScale = segment.scale();
        return ProcessorVerdict.PASS;
    }

    private boolean acknowledgesFreshSyn(final TcpSegment segment) {
        return segment.acknowledgment() == freshEnd;
    }

    private ProcessorVerdict restart(final TcpSegment synAck) {
        clear();
        initiator.seen = true;
        initiator.end = freshEnd;
        initiator.maxEnd = freshEnd;
        initiator.maxWindow = Math.max(1, freshWindow);
        initiator.scale = freshScale;
        beginResponder(synAck);
        allow(initiator, synAck.acknowledgment() + Math.max(1, synAck.window()));
        return ProcessorVerdict.PASS;
    }

    private ProcessorVerdict judge(final TcpSegment segment, final boolean fromInitiator) {
        final Sender from = fromInitiator ? initiator : responder;
        final Sender to = fromInitiator ? responder : initiator;
        if (!loose && !isInWindow(segment, from, to)) {
            return ProcessorVerdict.DROP_OUT_OF_WINDOW;
        }
        if (segment.hasRst()) {
            stage = Stage.CLOSED;
            return ProcessorVerdict.PASS;
        }
        note(segment, from, to);
        if (stage == Stage.SYN_RECEIVED && fromInitiator && segment.hasAck()) {
            stage = Stage.ESTABLISHED;
        }
        noteFin(segment, from);
        if (initiator.finAcknowledged && responder.finAcknowledged) {
            stage = Stage.CLOSED;
        }
        return ProcessorVerdict.PASS;
    }

    private static boolean isInWindow(
            final TcpSegment segment, final Sender from, final Sender to) {
        final boolean sequenceFits =
                segment.sequence() - from.maxEnd <= 0
                        && segment.end() - (from.end - to.maxWindow) >= 0;
        if (!segment.hasAck() || segment.hasRst()) {
            return sequenceFits;
        }
        final int lag = segment.acknowledgment() - to.end;
        return sequenceFits && lag <= 0 && lag >= -Math.max(LEAST_ACK_LAG, from.maxWindow);
    }

    private void note(final TcpSegment segment, final Sender from, final Sender to) {
        if (!from.seen) {
            from.begin(segment);
            from.scale = 0;
        }
        final int window = segment.hasSyn() ? segment.window() : segment.window() << from.scale;
        from.maxWindow = Math.max(from.maxWindow, window);
        if (segment.end() - from.end > 0) {
            from.end = segment.end();
        }
        allow(from, from.end);
        if (!segment.hasAck()) {
            return;
        }
        if (to.seen) {
            allow(to, segment.acknowledgment() + Math.max(1, window));
        }
        if (to.hasFin && segment.acknowledgment() - to.finEnd >= 0) {
            to.finAcknowledged = true;
        }
    }

    private static void noteFin(final TcpSegment segment, final Sender from) {
        if (segment.hasFin() && !from.hasFin) {
            from.hasFin = true;
            from.finEnd = segment.end();
        }
    }

    private static void allow(final Sender sender, final int maxEnd) {
        if (maxEnd - sender.maxEnd > 0) {
            sender.maxEnd = maxEnd;
        }
    }
}
