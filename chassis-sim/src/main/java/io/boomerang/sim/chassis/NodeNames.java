package io.boomerang.sim.chassis;

import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;

/// The node ids of a simulated chassis and what its users call them: `ingress-1` is 1, `egress-1`
/// is 101, `blade-1` is 201.
public final class NodeNames {
    private static final int FIRST_INGRESS = 1;
    private static final int FIRST_EGRESS = 101;
    private static final int FIRST_BLADE = 201;

    private static final String[] NAMES = new String[Member.MAX_NODE + 1];

    static {
        NAMES[0] = "nobody";
        for (int node = FIRST_INGRESS; node < NAMES.length; node++) {
            NAMES[node] =
                    node < FIRST_EGRESS
                            ? "ingress-" + (node - FIRST_INGRESS + 1)
                            : node < FIRST_BLADE
                                    ? "egress-" + (node - FIRST_EGRESS + 1)
                                    : "blade-" + (node - FIRST_BLADE + 1);
        }
    }

    private NodeNames() {}

    public static String of(final int node) {
        return NAMES[node];
    }

    /// The node of that name.
    ///
    /// @throws IllegalArgumentException when no node can be called so
    public static int node(final String name) {
        for (int node = FIRST_INGRESS; node < NAMES.length; node++) {
            if (NAMES[node].equals(name)) {
                return node;
            }
        }
        throw new IllegalArgumentException("no node is called " + name);
    }

    public static Role role(final int node) {
        if (node < FIRST_EGRESS) {
            return Role.INGRESS_REDIRECTOR;
        }
        return node < FIRST_BLADE ? Role.EGRESS_REDIRECTOR : Role.BLADE;
    }

    /// The node of the `index`-th member of this role, from 0.
    public static int node(final Role role, final int index) {
        return first(role) + index;
    }

    /// Which one of its role a node is, from 0.
    static int index(final int node) {
        return node - first(role(node));
    }

    private static int first(final Role role) {
        return switch (role) {
            case INGRESS_REDIRECTOR -> FIRST_INGRESS;
            case EGRESS_REDIRECTOR -> FIRST_EGRESS;
            case BLADE -> FIRST_BLADE;
        };
    }

    /// The node of the `index`-th ingress redirector, from 0.
    public static int ingress(final int index) {
        return FIRST_INGRESS + index;
    }

    /// The node of the `index`-th egress redirector, from 0.
    public static int egress(final int index) {
        return FIRST_EGRESS + index;
    }

    /// The node of the `index`-th blade, from 0.
    public static int blade(final int index) {
        return FIRST_BLADE + index;
    }
}
