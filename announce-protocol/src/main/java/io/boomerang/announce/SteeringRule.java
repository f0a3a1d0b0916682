package io.boomerang.announce;

import io.boomerang.flow.AllocationHash;
import io.boomerang.flow.HashKey;

import org.jspecify.annotations.Nullable;

/// How flows get their blades and their owners, as long as the chassis goes by it: what an operator
/// can change while it runs. The redirector that allocates buckets makes a new rule and tells it to
/// all members until each has said that it goes by it ({@link RuleInstalled}). Whoever is told an
/// older rule than its own answers with its own.
///
/// Known since format 2; while a member reads older ones only, no rule is told or made.
///
/// @param epoch grows with every rule; an older one never replaces a newer one. 0 for what a member
///   was started with.
/// @param policy for new flows
/// @param hashKey of the hash by which flows get buckets and owners; null while they go by the hash
///   whose key all members were started with
public record SteeringRule(long epoch, SelectionPolicy policy, @Nullable HashKey hashKey)
        implements ControlMessage {
    public static final int FIRST_FORMAT = 2;

    /// What a member was started with.
    public static SteeringRule initial(final SelectionPolicy policy) {
        return new SteeringRule(0, policy, null);
    }

    public boolean isNewerThan(final SteeringRule other) {
        return epoch > other.epoch;
    }

    public AllocationHash newAllocationHash() {
        return hashKey == null ? AllocationHash.PLAIN : new AllocationHash(hashKey);
    }

    @Override
    public int firstFormat() {
        return FIRST_FORMAT;
    }
}
