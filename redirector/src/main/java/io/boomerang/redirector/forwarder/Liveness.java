package io.boomerang.redirector.forwarder;

/// Which processes are members of the chassis.
public interface Liveness {
    /// Nobody is.
    Liveness NOBODY =
            new Liveness() {
                @Override
                public boolean isAlive(final int node, final int incarnation) {
                    return false;
                }

                @Override
                public int incarnation(final int node) {
                    return -1;
                }
            };

    boolean isAlive(int node, int incarnation);

    /// Of the node's live process; negative when there is none.
    int incarnation(int node);
}
