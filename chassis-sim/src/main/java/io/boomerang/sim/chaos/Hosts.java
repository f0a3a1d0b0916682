package io.boomerang.sim.chaos;

import io.boomerang.flow.FlowKey;
import io.boomerang.flow.Side;
import io.boomerang.redirector.steering.Redirector;
import io.boomerang.sim.chassis.Chassis;

import java.util.ArrayList;
import java.util.List;

/// The hosts on both sides of the chassis: they open flows, answer what reaches them, and send each
/// packet to any of the redirectors of their side.
final class Hosts implements Witness.Crossing {
    private static final long MS = 1_000_000L;
    private static final long SYN_AGAIN_NS = 300 * MS;

    /// A client may use a port again at any time after a reset.
    private static final long LEAST_REUSE_NS = 90 * MS;

    private static final long MOST_REUSE_NS = 200 * MS;
    private static final long LEAST_ANSWER_NS = 100_000;
    private static final long MOST_ANSWER_NS = 2 * MS;

    private final Chassis chassis;
    private final Witness witness;
    private final Agenda agenda;
    private final long seed;
    private final FlowFrames frames = new FlowFrames();
    private final List<FlowState> flows = new ArrayList<>();
    private long packets;
    private boolean silent;

    Hosts(final Chassis chassis, final Witness witness, final Agenda agenda, final long seed) {
        this.chassis = chassis;
        this.witness = witness;
        this.agenda = agenda;
        this.seed = seed;
    }

    List<FlowState> flows() {
        return flows;
    }

    /// Packets sent.
    long packets() {
        return packets;
    }

    /// From now on nobody answers.
    void fallSilent() {
        silent = true;
    }

    void begin(final ChaosEvent.Flow flow) {
        send(open(flow), 0);
    }

    /// Adds a flow that sends nothing by itself.
    FlowState open(final ChaosEvent.Flow flow) {
        frames.write(flow, true, FlowFrames.SYN);
        final FlowState state = new FlowState(flow, frames.key().copy(), seed);
        flows.add(state);
        return state;
    }

    private void send(final FlowState state, final int sent) {
        final ChaosEvent.Flow flow = state.flow;
        if (sent == flow.packets()) {
            if (state.life < flow.lives()) {
                enter(state, true, FlowFrames.RST);
                agenda.after(
                        state.random.nextLong(LEAST_REUSE_NS, MOST_REUSE_NS),
                        () -> beginAnew(state));
            }
            return;
        }
        final boolean opening = flow.connection() && !state.answered;
        enter(state, true, opening ? FlowFrames.SYN : FlowFrames.ACK);
        final long gapNs = flow.gapMs() * MS;
        agenda.after(opening ? Math.max(gapNs, SYN_AGAIN_NS) : gapNs, () -> send(state, sent + 1));
    }

    private void beginAnew(final FlowState state) {
        state.beginAnew();
        send(state, 0);
    }

    private void enter(final FlowState state, final boolean forward, final int tcpFlags) {
        enter(state, forward, tcpFlags, state.random.nextInt(1 << 16));
    }

    /// A packet reaches the chassis; answers its number.
    ///
    /// @param entry which of the side's redirectors
    long enter(final FlowState state, final boolean forward, final int tcpFlags, final int entry) {
        final Side side = forward ? state.flow.opener() : state.flow.opener().opposite();
        frames.write(state.flow, forward, tcpFlags);
        final long number = ++packets;
        if (chassis.isStandingStill(side, entry)) {
            return number; // nobody hears it
        }
        witness.onSent(number, state, forward, (tcpFlags & FlowFrames.RST) != 0, agenda.nowNs());
        chassis.inject(side, entry, frames.frame(), 0, frames.length(), number);
        chassis.step();
        return number;
    }

    @Override
    public void onCrossed(
            final FlowState state, final boolean forward, final boolean reset, final long nowNs) {
        if (!forward) {
            state.answered = true;
        } else if (!reset && !silent) {
            agenda.after(
                    state.random.nextLong(LEAST_ANSWER_NS, MOST_ANSWER_NS),
                    () -> enter(state, false, FlowFrames.ACK | answerFlags(state)));
        }
    }

    private static int answerFlags(final FlowState state) {
        return state.answered ? 0 : FlowFrames.SYN;
    }

    @Override
    public boolean holdsSession(final int node, final FlowKey key, final long nowNs) {
        for (final Redirector redirector : chassis.redirectors()) {
            if (redirector.self().node() == node) {
                final var session = redirector.explain(key, nowNs).session();
                return session != null && session.live();
            }
        }
        return false;
    }
}
