package io.boomerang.redirector.steering;

import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;

import java.util.BitSet;

/// The rule that this redirector goes by, and how the chassis comes to another one: the allocator
/// makes it and repeats it to all members until each has said that it goes by it, also after each
/// change of the members and after it stood still; everybody else asks the allocator for it. Before
/// all members it sees have come to one rule it makes no other: one that has started anew hears of
/// the newest first, and no more than two rules live at a time. Used by the redirector's thread
/// only.
final class RuleCoordinator {
    private static final long RESEND_NS = 100_000_000L;

    private final int self;
    private final EpochMaker epochs;
    private final ControlSender control;
    private final BitSet outstanding = new BitSet();
    private ChassisMap chassis = ChassisMap.EMPTY;
    private SteeringRule rule;
    private DesiredRule desired = DesiredRule.NOTHING;
    private long sentNs;

    /// @param initial what this redirector was started with
    RuleCoordinator(final Member self, final SteeringRule initial, final ControlSender control) {
        this.self = self.node();
        this.epochs = new EpochMaker(self);
        this.rule = initial;
        this.control = control;
    }

    SteeringRule rule() {
        return rule;
    }

    /// True when nobody is known to go by an older rule, and nothing is asked for.
    boolean isSettled() {
        return outstanding.isEmpty() && desired.isNothing();
    }

    /// The operator wants another rule. Answers whether there is one at once; if not, it is asked
    /// for until there is.
    boolean want(final DesiredRule wish, final long nowNs) {
        desired = desired.and(wish);
        return pursue(nowNs);
    }

    /// Another member wants another rule, and repeats that until it has one. Answers whether there
    /// is one now.
    boolean onDesired(final int fromNode, final DesiredRule wish, final long nowNs) {
        if (!mayMake()) {
            return false;
        }
        if (wish.isFulfilledBy(rule)) {
            control.send(fromNode, rule);
            return false;
        }
        make(wish, nowNs);
        return true;
    }

    private boolean mayMake() {
        return isAllocator() && canBeTold() && outstanding.isEmpty();
    }

    private void make(final DesiredRule wish, final long nowNs) {
        install(wish.applyTo(rule, epochs.after(rule.epoch())), nowNs);
    }

    /// Another member tells its rule. Answers whether this one goes by it from now on.
    boolean take(final int fromNode, final SteeringRule offered, final long nowNs) {
        if (rule.isNewerThan(offered)) {
            control.send(fromNode, rule);
            return false;
        }
        control.send(fromNode, new RuleInstalled(offered.epoch()));
        final boolean isNews = offered.isNewerThan(rule);
        if (isNews) {
            install(offered, nowNs);
        }
        if (desired.isFulfilledBy(rule)) {
            desired = DesiredRule.NOTHING;
        }
        return isNews;
    }

    private void install(final SteeringRule next, final long nowNs) {
        rule = next;
        publish(nowNs);
    }

    /// A member goes by the rule of this epoch. Answers whether there is another one now that all
    /// do.
    boolean onInstalled(final int node, final long epoch, final long nowNs) {
        if (epoch == rule.epoch()) {
            outstanding.clear(node);
        }
        return isAllocator() && pursue(nowNs);
    }

    /// The members have changed: some may not know the rule. Answers whether there is another one.
    boolean onChassis(final ChassisMap map, final long nowNs) {
        chassis = map;
        publish(nowNs);
        return pursue(nowNs);
    }

    /// This redirector stood still for so long that the others may have another rule since,
    /// although its own members have not changed: they say so when they are told an older one.
    void onPause(final long nowNs) {
        publish(nowNs);
    }

    private boolean pursue(final long nowNs) {
        if (desired.isNothing() || !canBeTold()) {
            return false;
        }
        if (!isAllocator()) {
            control.send(chassis.allocator(), desired);
            sentNs = nowNs;
            return false;
        }
        if (!mayMake()) {
            return false;
        }
        final boolean isNews = !desired.isFulfilledBy(rule);
        if (isNews) {
            make(desired, nowNs);
        }
        desired = DesiredRule.NOTHING;
        return isNews;
    }

    private void publish(final long nowNs) {
        outstanding.clear();
        if (isAllocator() && canBeTold()) {
            chassis.members().forEach(outstanding::set);
            outstanding.clear(self);
            tell(nowNs);
        }
    }

    private void tell(final long nowNs) {
        for (int node = outstanding.nextSetBit(0);
                node >= 0;
                node = outstanding.nextSetBit(node + 1)) {
            control.send(node, rule);
        }
        sentNs = nowNs;
    }

    private boolean isAllocator() {
        return chassis.allocator() == self;
    }

    private boolean canBeTold() {
        return chassis.allocator() != 0 && chassis.format() >= SteeringRule.FIRST_FORMAT;
    }

    int onTimer(final long nowNs) {
        if (isSettled() || nowNs - sentNs < RESEND_NS) {
            return 0;
        }
        tell(nowNs);
        if (!isAllocator()) {
            pursue(nowNs);
        }
        return 1;
    }
}
