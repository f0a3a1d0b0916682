package io.boomerang.cluster;

import java.util.List;

/// A member may not join: its node id is taken, or it does not agree with the others on the cluster
/// parameters. The message says which, and with whom.
public final class JoinRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JoinRefusedException(final String message) {
        super(message);
    }

    /// Refuses `joiner` where it does not go together with the members who were there before it.
    static void requireWelcome(final Member joiner, final List<Member> present) {
        for (final Member member : present) {
            if (member.node() == joiner.node()) {
                throw new JoinRefusedException(
                        "node id "
                                + joiner.node()
                                + " of "
                                + joiner.name()
                                + " is already used by "
                                + member.name());
            }
            if (member.parametersDigest() != joiner.parametersDigest()) {
                throw new JoinRefusedException(
                        "%s runs with cluster parameters %016x, but %s with %016x"
                                .formatted(
                                        joiner.name(),
                                        joiner.parametersDigest(),
                                        member.name(),
                                        member.parametersDigest()));
            }
        }
    }
}
