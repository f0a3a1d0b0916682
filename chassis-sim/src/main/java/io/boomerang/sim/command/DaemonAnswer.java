package io.boomerang.sim.command;

import io.boomerang.sim.report.JsonTree;

/// What the daemon of one blade answered, or why not.
///
/// @param error empty when it did
record DaemonAnswer(String blade, JsonTree json, String error) {
    boolean isGood() {
        return error.isEmpty();
    }
}
