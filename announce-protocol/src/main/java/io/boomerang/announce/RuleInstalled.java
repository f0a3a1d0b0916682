package io.boomerang.announce;

/// A member tells who told it a {@link SteeringRule} that it goes by it.
///
/// Known since format 2, as the rule.
///
/// @param epoch of the rule
public record RuleInstalled(long epoch) implements ControlMessage {
    @Override
    public int firstFormat() {
        return SteeringRule.FIRST_FORMAT;
    }
}
