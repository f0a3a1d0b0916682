package io.boomerang.announce;

import io.boomerang.flow.FlowKey;

/// A redirector asks the blades which of them holds a flow.
///
/// @param queryId chosen by the asker, comes back in the answer
/// @param key the flow as the asker sees it
public record StateQuery(long queryId, FlowKey key) implements ControlMessage {}
