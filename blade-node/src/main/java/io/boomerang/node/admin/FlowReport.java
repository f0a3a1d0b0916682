package io.boomerang.node.admin;

import io.boomerang.blade.FlowAccount;
import io.boomerang.redirector.steering.Explanation;

import org.jspecify.annotations.Nullable;

/// What one node knows of one flow.
public sealed interface FlowReport {
    /// Of a redirector.
    record OfRedirector(Explanation explanation) implements FlowReport {}

    /// Of a processor.
    ///
    /// @param account null when it knows no such flow
    record OfProcessor(@Nullable FlowAccount account) implements FlowReport {}
}
