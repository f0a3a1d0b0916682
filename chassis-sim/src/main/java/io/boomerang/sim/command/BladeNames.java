package io.boomerang.sim.command;

import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;
import io.boomerang.redirector.store.StoreLabel;
import io.boomerang.sim.chassis.NodeNames;

import org.jspecify.annotations.Nullable;

/// What blades are called whose node ids stand in files of sessions. A chassis file says it;
/// without one the names are those of a simulated chassis, if the file of sessions is of such a
/// one.
record BladeNames(@Nullable ChassisConfig chassis) {
    String of(final int node, final StoreLabel file) {
        if (chassis != null) {
            for (final NodeConfig known : chassis.nodes()) {
                if (known.node() == node) {
                    return known.name();
                }
            }
        } else if (file.name().equals(NodeNames.of(file.node()))) {
            return NodeNames.of(node);
        }
        return "node " + node;
    }

    /// The node id of a blade.
    ///
    /// @param text its name, or the number itself
    /// @throws IllegalArgumentException when no blade is called so
    int node(final String text) {
        if (text.matches("\\d{1,4}")) {
            return Integer.parseInt(text);
        }
        if (chassis == null) {
            return NodeNames.node(text);
        }
        for (final NodeConfig known : chassis.nodes()) {
            if (known.name().equals(text)) {
                return known.node();
            }
        }
        throw new IllegalArgumentException("no node of the chassis is called " + text);
    }
}
