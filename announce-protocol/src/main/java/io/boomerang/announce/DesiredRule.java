package io.boomerang.announce;

import io.boomerang.flow.HashKey;

import org.jspecify.annotations.Nullable;

/// A member asks the redirector that allocates buckets for another {@link SteeringRule}, because
/// its operator wants one. Said again until it has been told such a rule.
///
/// Known since format 2, as the rule.
///
/// @param policy null to leave it as it is
/// @param hashKey null to leave it as it is
public record DesiredRule(@Nullable SelectionPolicy policy, @Nullable HashKey hashKey)
        implements ControlMessage {
    public static final DesiredRule NOTHING = new DesiredRule(null, null);

    public boolean isNothing() {
        return policy == null && hashKey == null;
    }

    /// Both wishes in one; where they differ, the later one counts.
    public DesiredRule and(final DesiredRule later) {
        return new DesiredRule(
                later.policy == null ? policy : later.policy,
                later.hashKey == null ? hashKey : later.hashKey);
    }

    /// Whether the rule is what is asked for.
    public boolean isFulfilledBy(final SteeringRule rule) {
        return (policy == null || policy == rule.policy())
                && (hashKey == null || hashKey.equals(rule.hashKey()));
    }

    /// The rule that follows `rule` and is what is asked for.
    public SteeringRule applyTo(final SteeringRule rule, final long epoch) {
        return new SteeringRule(
                epoch,
                policy == null ? rule.policy() : policy,
                hashKey == null ? rule.hashKey() : hashKey);
    }

    @Override
    public int firstFormat() {
        return SteeringRule.FIRST_FORMAT;
    }
}
