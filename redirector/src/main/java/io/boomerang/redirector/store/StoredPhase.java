package io.boomerang.redirector.store;

import io.boomerang.announce.TcpPhase;

import org.jspecify.annotations.Nullable;

/// The phase of a flow's life in a record.
public final class StoredPhase {
    private StoredPhase() {}

    public static byte code(final TcpPhase phase) {
        return switch (phase) {
            case EMBRYONIC -> 1;
            case ESTABLISHED -> 2;
            case CLOSING -> 3;
            case CLOSED -> 4;
        };
    }

    /// The phase of this code; null when there is none.
    public static @Nullable TcpPhase of(final byte code) {
        return switch (code) {
            case 1 -> TcpPhase.EMBRYONIC;
            case 2 -> TcpPhase.ESTABLISHED;
            case 3 -> TcpPhase.CLOSING;
            case 4 -> TcpPhase.CLOSED;
            default -> null;
        };
    }
}
