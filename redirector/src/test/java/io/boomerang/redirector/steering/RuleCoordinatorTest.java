package io.boomerang.redirector.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.DesiredRule;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.RuleInstalled;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.ClusterView;
import io.boomerang.cluster.ControlSender;
import io.boomerang.cluster.Member;
import io.boomerang.cluster.Member.Role;
import io.boomerang.flow.HashKey;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// How a rule comes to all members. Redirectors 1, 2 and 3 are real; 201 is a blade.
class RuleCoordinatorTest {
    private static final int BLADE = 201;
    private static final HashKey KEY = new HashKey(3, 4);
    private static final DesiredRule OTHER_KEY = new DesiredRule(null, KEY);
    private static final DesiredRule LEAST_LOADED =
            new DesiredRule(SelectionPolicy.LEAST_LOADED, null);
    private static final SteeringRule INITIAL = SteeringRule.initial(SelectionPolicy.BUCKETS);
    private static final long RESEND_NS = 100_000_000L;

    private final List<Said> said = new ArrayList<>();
    private final Map<Integer, RuleCoordinator> redirectors = new TreeMap<>();
    private long nowNs = 1_000_000_000L;
    private long view;

    private record Said(int from, int to, ControlMessage message) {}

    private RuleCoordinator add(final int node) {
        final ControlSender control =
                new ControlSender() {
                    @Override
                    public void send(final int to, final ControlMessage message) {
                        said.add(new Said(node, to, message));
                    }

                    @Override
                    public void broadcast(final ControlMessage message) {
                        throw new AssertionError("each member has to confirm a rule");
                    }
                };
        final RuleCoordinator added =
                new RuleCoordinator(member(node, FormatRange.CURRENT), INITIAL, control);
        redirectors.put(node, added);
        return added;
    }

    private RuleCoordinator redirector(final int node) {
        return Objects.requireNonNull(redirectors.get(node));
    }

    private static Member member(final int node, final FormatRange formats) {
        final Role role = node == BLADE ? Role.BLADE : Role.INGRESS_REDIRECTOR;
        return new Member(node, "node-" + node, role, 1, 0, formats);
    }

    private void show(final FormatRange formats, final int... nodes) {
        final ClusterView shown =
                new ClusterView(
                        ++view,
                        IntStream.of(nodes).mapToObj(node -> member(node, formats)).toList());
        for (final int node : nodes) {
            final RuleCoordinator redirector = redirectors.get(node);
            if (redirector != null) {
                redirector.onChassis(new ChassisMap(shown, redirector.rule()), nowNs);
            }
        }
    }

    private void show(final int... nodes) {
        show(FormatRange.CURRENT, nodes);
    }

    /// Lets messages between redirectors arrive; what is for others, or lost, is dropped.
    private void pass(final int... deaf) {
        while (!said.isEmpty()) {
            final Said next = said.removeFirst();
            final RuleCoordinator to = redirectors.get(next.to);
            if (to == null || IntStream.of(deaf).anyMatch(node -> node == next.to)) {
                continue;
            }
            switch (next.message) {
                case SteeringRule rule -> to.take(next.from, rule, nowNs);
                case RuleInstalled(long epoch) -> to.onInstalled(next.from, epoch, nowNs);
                case DesiredRule desired -> to.onDesired(next.from, desired, nowNs);
                default -> throw new AssertionError("unexpected " + next);
            }
        }
    }

    private void timers() {
        nowNs += RESEND_NS;
        redirectors.values().forEach(redirector -> redirector.onTimer(nowNs));
    }

    private SteeringRule onlyRule() {
        final List<SteeringRule> rules =
                redirectors.values().stream().map(RuleCoordinator::rule).distinct().toList();
        assertEquals(1, rules.size(), rules::toString);
        return rules.getFirst();
    }

    @Test
    void shouldHaveTheAllocatorMakeWhatAnotherOneIsAskedFor() {
        add(1);
        add(2);
        add(3);
        show(1, 2, 3);
        pass();

        assertFalse(redirector(3).want(OTHER_KEY, nowNs));
        assertFalse(redirector(3).isSettled());
        pass();

        assertEquals(KEY, onlyRule().hashKey());
        assertEquals(SelectionPolicy.BUCKETS, onlyRule().policy());
        assertTrue(redirectors.values().stream().allMatch(RuleCoordinator::isSettled));
    }

    @Test
    void shouldRepeatWhatGotLostUntilEveryMemberGoesByTheRule() {
        add(1);
        add(2);
        show(1, 2, BLADE);
        pass();
        redirector(2).want(LEAST_LOADED, nowNs);
        pass(1);
        timers();
        pass();
        assertEquals(INITIAL, onlyRule()); // the blade has not said yet what it goes by

        redirector(1).onInstalled(BLADE, 0, nowNs);
        timers();
        pass(2);
        assertNotEquals(redirector(1).rule(), redirector(2).rule());
        timers();
        pass();
        assertEquals(SelectionPolicy.LEAST_LOADED, onlyRule().policy());
        assertFalse(redirector(1).isSettled());
        final long epoch = onlyRule().epoch();
        timers();
        assertEquals(List.of(new Said(1, BLADE, onlyRule())), said);
        redirector(1).onInstalled(BLADE, epoch - 1, nowNs);
        assertFalse(redirector(1).isSettled());
        redirector(1).onInstalled(BLADE, epoch, nowNs);
        assertTrue(redirector(1).isSettled());
    }

    /// Neither is lost, whatever the order in which the allocator hears of them.
    @Test
    void shouldBringBothOfTwoChangesThatMeet() {
        add(1);
        add(2);
        add(3);
        show(1, 2, 3);
        pass();

        redirector(2).want(OTHER_KEY, nowNs);
        redirector(3).want(LEAST_LOADED, nowNs);
        pass();
        timers();
        pass();

        assertEquals(KEY, onlyRule().hashKey());
        assertEquals(SelectionPolicy.LEAST_LOADED, onlyRule().policy());
        assertTrue(redirectors.values().stream().allMatch(RuleCoordinator::isSettled));
    }

    @Test
    void shouldGoOnWhereAnAllocatorDiedThatHadToldSome() {
        add(1);
        add(2);
        add(3);
        show(1, 2, 3);
        pass();
        redirector(1).want(OTHER_KEY, nowNs);
        pass(2);
        assertEquals(INITIAL, redirector(2).rule());
        redirectors.remove(1);

        show(2, 3);
        pass();

        assertEquals(KEY, onlyRule().hashKey());
        assertTrue(redirector(2).isSettled());
    }

    /// The smallest id allocates, also when it knows nothing yet.
    @Test
    void shouldTellTheRuleToAnAllocatorThatStartsAnew() {
        add(1);
        add(2);
        show(1, 2);
        pass();
        redirector(1).want(OTHER_KEY, nowNs);
        pass();
        final SteeringRule before = onlyRule();
        redirectors.remove(1);
        show(2);
        add(1);

        show(1, 2);
        redirector(1).want(LEAST_LOADED, nowNs);
        pass();
        timers();
        pass();

        assertEquals(KEY, onlyRule().hashKey());
        assertEquals(SelectionPolicy.LEAST_LOADED, onlyRule().policy());
        assertTrue(onlyRule().isNewerThan(before));
        assertTrue(redirector(1).isSettled());
    }

    /// Two parts of the chassis had an allocator each.
    @Test
    void shouldComeToTheNewerRuleWhenPartsMeet() {
        add(1);
        add(2);
        show(1, 2);
        pass();
        redirector(1).onChassis(alone(1), nowNs);
        redirector(2).onChassis(alone(2), nowNs);
        redirector(1).want(LEAST_LOADED, nowNs);
        redirector(2).want(OTHER_KEY, nowNs);
        said.clear();
        final SteeringRule later = redirector(2).rule();
        assertTrue(later.isNewerThan(redirector(1).rule()));

        show(1, 2);
        pass();

        assertEquals(later, onlyRule());
    }

    /// To the others it was dead meanwhile, and came back; it has seen no other members.
    @Test
    void shouldHearOfTheRuleThatWasMadeWhileTheAllocatorStoodStill() {
        add(1);
        add(2);
        show(1, 2);
        pass();
        final RuleCoordinator asleep = Objects.requireNonNull(redirectors.remove(1));
        show(2);
        redirector(2).want(OTHER_KEY, nowNs);
        show(1, 2);
        pass();
        redirectors.put(1, asleep);

        asleep.onPause(nowNs);
        pass();

        assertEquals(KEY, onlyRule().hashKey());
        assertTrue(asleep.isSettled());
    }

    private ChassisMap alone(final int node) {
        return new ChassisMap(
                new ClusterView(++view, List.of(member(node, FormatRange.CURRENT))), INITIAL);
    }

    @Test
    void shouldWaitUntilAllMembersReadRules() {
        add(1);
        add(2);
        show(new FormatRange(1, 1), 1, 2);
        redirector(1).want(OTHER_KEY, nowNs);
        redirector(2).want(LEAST_LOADED, nowNs);
        timers();
        assertEquals(List.of(), said);
        assertEquals(INITIAL, onlyRule());

        show(1, 2);
        pass();
        timers();
        pass();

        assertEquals(KEY, onlyRule().hashKey());
        assertEquals(SelectionPolicy.LEAST_LOADED, onlyRule().policy());
    }

    @Test
    void shouldNotAskForWhatIsSoAlready() {
        add(1);
        add(2);
        show(1, 2);
        pass();

        redirector(2).want(new DesiredRule(SelectionPolicy.BUCKETS, null), nowNs);
        redirector(1).want(new DesiredRule(SelectionPolicy.BUCKETS, null), nowNs);
        pass();

        assertEquals(INITIAL, onlyRule());
        assertTrue(redirectors.values().stream().allMatch(RuleCoordinator::isSettled));
    }
}
