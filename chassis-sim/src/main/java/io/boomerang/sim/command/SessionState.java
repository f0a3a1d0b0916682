package io.boomerang.sim.command;

import io.boomerang.announce.TcpPhase;

import org.jspecify.annotations.Nullable;

/// Sessions by what has become of them, as users choose them.
enum SessionState {
    LIVE(null, true),
    OVER(null, false),
    EMBRYONIC(TcpPhase.EMBRYONIC, true),
    ESTABLISHED(TcpPhase.ESTABLISHED, true),
    CLOSING(TcpPhase.CLOSING, true),
    CLOSED(TcpPhase.CLOSED, true);

    private final @Nullable TcpPhase phase;
    private final boolean live;

    SessionState(final @Nullable TcpPhase phase, final boolean live) {
        this.phase = phase;
        this.live = live;
    }

    boolean accepts(final TcpPhase phaseOfSession, final boolean liveSession) {
        return (phase == null || phase == phaseOfSession) && live == liveSession;
    }

    /// As a daemon is asked; null for any.
    @Nullable String phaseParameter() {
        return phase == null ? null : EnumOption.label(phase);
    }

    String liveParameter() {
        return String.valueOf(live);
    }
}
