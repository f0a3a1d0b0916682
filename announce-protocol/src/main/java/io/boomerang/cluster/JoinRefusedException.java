package io.boomerang.cluster;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A member may not join: its node id is taken, it does not agree with the others on the cluster
/// parameters, or it reads no message format that they write. The message says which, and with
/// whom.
public final class JoinRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JoinRefusedException(final String message) {
        super(message);
    }

    /// Refuses `joiner` where it does not go together with the members who were there before it.
    static void requireWelcome(final Member joiner, final List<Member> present) {
        for (final Member member : present) {
            final String reason = reasonToRefuse(joiner, member);
            if (reason != null) {
                throw new JoinRefusedException(reason);
            }
        }
    }

    /// Why the two cannot both be members; null when they can.
    static @Nullable String reasonToRefuse(final Member joiner, final @Nullable Member present) {
        if (present == null) {
            return null;
        }
        if (present.node() == joiner.node()) {
            return "node id "
                    + joiner.node()
                    + " of "
                    + joiner.name()
                    + " is already used by "
                    + present.name();
        }
        if (present.parametersDigest() != joiner.parametersDigest()) {
            return "%s runs with cluster parameters %016x, but %s with %016x"
                    .formatted(
                            joiner.name(),
                            joiner.parametersDigest(),
                            present.name(),
                            present.parametersDigest());
        }
        if (present.formats().common(joiner.formats()) == null) {
            return "%s reads message formats %s, but %s %s"
                    .formatted(joiner.name(), joiner.formats(), present.name(), present.formats());
        }
        return null;
    }
}
