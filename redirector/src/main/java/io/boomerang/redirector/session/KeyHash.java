package io.boomerang.redirector.session;

import io.boomerang.flow.FlowKey;

/// The keyed hash of the chassis, for sessions whose hash is needed again: slots do not store it.
@FunctionalInterface
public interface KeyHash {
    long hash(FlowKey key);
}
