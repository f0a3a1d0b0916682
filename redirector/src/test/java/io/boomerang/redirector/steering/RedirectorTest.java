package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.BLADE_3;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS_2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.Acknowledgement;
import io.boomerang.announce.Acknowledgement.Outcome;
import io.boomerang.announce.DesiredWeight;
import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.StateAnswer;
import io.boomerang.announce.StateQuery;
import io.boomerang.backplane.Purpose;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class RedirectorTest {
    private static final long FLOW = 1L << 40;

    private static Rig oneEach(final SelectionPolicy policy) {
        return new Rig(policy, List.of(INGRESS), INGRESS, EGRESS, BLADE_1, BLADE_2);
    }

    private static Rig egressOnly() {
        return new Rig(
                SelectionPolicy.BUCKETS,
                List.of(INGRESS, EGRESS),
                INGRESS,
                EGRESS,
                BLADE_1,
                BLADE_2);
    }

    @Test
    void shouldSpreadNewFlowsAndKeepEachOnItsBlade() {
        for (final SelectionPolicy policy : SelectionPolicy.values()) {
            try (Rig rig = oneEach(policy)) {
                final Map<Integer, Integer> bladeByPort = new HashMap<>();
                for (int port = 1000; port < 1200; port++) {
                    rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
                    bladeByPort.put(port, rig.lastArrived().node());
                }
                for (int port = 1000; port < 1200; port++) {
                    rig.frame(INGRESS, port, Frames.tcp(2, 80, 1, port, Frames.ACK));
                    assertEquals(
                            bladeByPort.get(port), rig.lastArrived().node(), policy + " " + port);
                }
                assertEquals(
                        Set.of(BLADE_1, BLADE_2),
                        new HashSet<>(bladeByPort.values()),
                        policy.name());
            }
        }
    }

    @Test
    void shouldKeepFlowsAndMoveBucketsWhenABladeJoins() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final Map<Integer, Integer> bladeByPort = new HashMap<>();
            for (int port = 1000; port < 1200; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
                bladeByPort.put(port, rig.lastArrived().node());
            }

            rig.join(BLADE_3);

            for (int port = 1000; port < 1200; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.ACK));
                assertEquals(bladeByPort.get(port), rig.lastArrived().node());
            }
            final Set<Integer> bladesOfNewFlows = new HashSet<>();
            for (int port = 2000; port < 2200; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
                bladesOfNewFlows.add(rig.lastArrived().node());
            }
            assertEquals(Set.of(BLADE_1, BLADE_2, BLADE_3), bladesOfNewFlows);
        }
    }

    @Test
    void shouldGiveNoNewFlowToADrainedBlade() {
        try (Rig rig = oneEach(SelectionPolicy.LEAST_LOADED)) {
            rig.redirector(INGRESS).setWeight(BLADE_1, 0, rig.nowNs);

            for (int port = 1000; port < 1100; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
                assertEquals(BLADE_2, rig.lastArrived().node());
            }
        }
    }

    @Test
    void shouldDrainABladeThatAsksForItAndTakeItInAgain() {
        try (Rig rig = oneEach(SelectionPolicy.LEAST_LOADED)) {
            rig.say(BLADE_1, INGRESS, new DesiredWeight(0));
            for (int port = 1000; port < 1100; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
                assertEquals(BLADE_2, rig.lastArrived().node());
            }
            rig.say(BLADE_1, INGRESS, new DesiredWeight(1));
            rig.say(BLADE_2, INGRESS, new DesiredWeight(0));
            rig.frame(INGRESS, 2000, Frames.tcp(1, 2000, 2, 80, Frames.SYN));
            assertEquals(BLADE_1, rig.lastArrived().node());
        }
    }

    @Test
    void shouldLetNobodySetAWeightWhoIsNoBlade() {
        try (Rig rig = oneEach(SelectionPolicy.LEAST_LOADED)) {
            final long epoch = rig.redirector(INGRESS).epoch();

            rig.say(EGRESS, INGRESS, new DesiredWeight(0));

            assertEquals(epoch, rig.redirector(INGRESS).epoch());
            assertEquals(1, rig.redirector(INGRESS).counters().messagesUnexpected);
        }
    }

    @Test
    void shouldAskTheBladesWhenAPacketOpensNoFlow() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final MemorySegment frame = Frames.tcp(1, 1000, 2, 80, Frames.ACK);
            rig.frame(INGRESS, 1, frame);
            rig.frame(INGRESS, 2, frame);
            assertEquals(0, rig.arrived.size());
            final StateQuery query = onlyQuery(rig, BLADE_1);
            assertEquals(query, onlyQuery(rig, BLADE_2));
            assertEquals(Rig.key(frame), query.key());

            rig.say(
                    BLADE_2,
                    INGRESS,
                    new StateAnswer(
                            query.queryId(),
                            Rig.announcement(Kind.OPEN, query.key(), FLOW, BLADE_2, 3)));

            assertEquals(
                    List.of(1L, 2L), rig.arrived.stream().map(Rig.Arrived::packetNumber).toList());
            assertTrue(
                    rig.arrived.stream()
                            .allMatch(one -> one.node() == BLADE_2 && one.flowId() == FLOW));
            assertEquals(1, rig.redirector(INGRESS).counters().returnMisses());
        }
    }

    @Test
    void shouldDecideAloneWhenNoBladeHoldsTheFlow() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.frame(INGRESS, 1, Frames.tcp(1, 1000, 2, 80, Frames.ACK));
            final StateQuery query = onlyQuery(rig, BLADE_1);
            rig.say(BLADE_1, INGRESS, new StateAnswer(query.queryId(), null));
            rig.say(BLADE_1, INGRESS, new StateAnswer(query.queryId(), null));
            assertEquals(0, rig.arrived.size());
            rig.say(BLADE_2, INGRESS, new StateAnswer(query.queryId(), null));
            assertEquals(1, rig.arrived.size());
            assertEquals(0, rig.redirector(INGRESS).counters().returnMisses());
        }
    }

    @Test
    void shouldAskAgainAndRatherDropThePacketThanBreakItsFlow() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.frame(INGRESS, 1, Frames.tcp(1, 1000, 2, 80, Frames.ACK));
            final StateQuery query = onlyQuery(rig, BLADE_1);
            rig.say(BLADE_1, INGRESS, new StateAnswer(query.queryId(), null));
            rig.said.clear();

            rig.pass(20);
            assertEquals(List.of(BLADE_2), rig.said.stream().map(Rig.Said::to).toList());
            rig.pass(979);
            assertEquals(0, rig.redirector(INGRESS).counters().dropped(DropReason.STATE_UNKNOWN));
            rig.pass(1);

            assertEquals(1, rig.redirector(INGRESS).counters().dropped(DropReason.STATE_UNKNOWN));
            assertEquals(0, rig.arrived.size());
        }
    }

    @Test
    void shouldNotWaitForTheAnswerOfADeadBlade() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.frame(INGRESS, 1, Frames.tcp(1, 1000, 2, 80, Frames.ACK));
            rig.frame(INGRESS, 2, Frames.tcp(1, 1001, 2, 80, Frames.ACK));
            rig.said.stream()
                    .filter(one -> one.to() == BLADE_1 && one.message() instanceof StateQuery)
                    .map(one -> (StateQuery) one.message())
                    .toList()
                    .forEach(query ->
                            rig.say(BLADE_1, INGRESS, new StateAnswer(query.queryId(), null)));
            assertEquals(0, rig.arrived.size());

            rig.leave(BLADE_2);

            assertEquals(
                    List.of(1L, 2L), rig.arrived.stream().map(Rig.Arrived::packetNumber).toList());
        }
    }

    @Test
    void shouldAskTheBladesAboutNewFlowsUntilItHasPulledWhatAnotherRedirectorLeft() {
        try (Rig rig = twoIngress(SelectionPolicy.LEAST_LOADED)) {
            rig.frame(INGRESS, 1, Frames.tcp(1, 1000, 2, 80, Frames.SYN));
            assertEquals(1, rig.arrived.size());

            rig.answersPulls = false;
            rig.leave(INGRESS_2);
            rig.frame(INGRESS, 2, Frames.tcp(1, 1001, 2, 80, Frames.SYN));
            assertEquals(1, rig.arrived.size());
            final StateQuery query = onlyQuery(rig, BLADE_1);
            rig.say(BLADE_1, INGRESS, new StateAnswer(query.queryId(), null));
            rig.say(BLADE_2, INGRESS, new StateAnswer(query.queryId(), null));
            assertEquals(2, rig.arrived.size());

            rig.answersPulls = true;
            rig.pass(1_000);
            rig.frame(INGRESS, 3, Frames.tcp(1, 1002, 2, 80, Frames.SYN));
            assertEquals(3, rig.arrived.size());
        }
    }

    /// A datagram of a flow that has been there for long looks like the first of a new one.
    @Test
    void shouldLeaveDatagramsOfMovedBucketsToTheOwner() {
        try (Rig rig = twoIngress(SelectionPolicy.BUCKETS)) {
            long packet = 0;
            final Map<Integer, Integer> bladeByPort = new HashMap<>();
            for (int port = 1000; port < 1100; port++) {
                final MemorySegment frame = Frames.udp(1, port, 2, 53);
                rig.frame(INGRESS, ++packet, frame);
                final Rig.Arrived first = rig.lastArrived();
                bladeByPort.put(port, first.node());
                final FlowKey key = Rig.key(frame);
                rig.say(
                        first.node(),
                        Rig.owner(key, INGRESS, INGRESS_2),
                        Rig.announcement(Kind.OPEN, key, first.flowId(), first.node(), 0));
            }
            rig.join(Rig.BLADE_3);
            rig.pass(9_000);

            for (int port = 1000; port < 1100; port++) {
                rig.frame(INGRESS_2, ++packet, Frames.udp(1, port, 2, 53));
                rig.answerAll();
                assertEquals(bladeByPort.get(port), rig.lastArrived().node(), "port " + port);
            }
        }
    }

    @Test
    void shouldNotSendAFlowToABladeThatStartedAnewWhileOthersGaveItAway() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final MemorySegment frame = Frames.tcp(1, 1000, 2, 80, Frames.SYN);
            rig.frame(INGRESS, 1, frame);
            final int blade = rig.lastArrived().node();

            rig.restart(blade);
            rig.frame(INGRESS, 2, Frames.tcp(1, 1000, 2, 80, Frames.ACK));

            assertEquals(1, rig.redirector(INGRESS).counters().flowsBroken());
        }
    }

    /// While one blade was out of sight the owner gave its flow to another one.
    @Test
    void shouldAskTheOwnerAgainAfterPartsOfTheChassisFoundEachOther() {
        final int backup = 3;
        int port = 1000;
        FlowKey key;
        do {
            key = Rig.key(Frames.tcp(1, ++port, 2, 80, Frames.SYN));
        } while (Rig.owner(key, INGRESS, INGRESS_2, backup) != INGRESS_2
                || Rig.owner(key, INGRESS, backup) != backup);
        try (Rig rig =
                new Rig(
                        SelectionPolicy.LEAST_LOADED,
                        List.of(INGRESS, INGRESS_2),
                        INGRESS,
                        INGRESS_2,
                        backup,
                        EGRESS,
                        BLADE_1,
                        BLADE_2)) {
            rig.frame(INGRESS, 1, Frames.tcp(1, port, 2, 80, Frames.SYN));
            final int before = rig.lastArrived().node();
            rig.frame(INGRESS, 2, Frames.tcp(1, port, 2, 80, Frames.ACK));
            assertEquals(1, rig.redirector(INGRESS).counters().forwarded());

            rig.leave(before);
            rig.frame(INGRESS_2, 3, Frames.tcp(1, port, 2, 80, Frames.ACK));
            final int after = rig.lastArrived().node();
            assertNotEquals(before, after);
            final long flowId = rig.lastArrived().flowId();
            rig.hold(Rig.announcement(SessionAnnouncement.Kind.OPEN, key, flowId, after, 0));
            rig.comeBack(before);
            rig.pass(1);
            rig.frame(INGRESS, 4, Frames.tcp(1, port, 2, 80, Frames.ACK));
            assertEquals(after, rig.lastArrived().node());
            rig.frame(INGRESS, 5, Frames.tcp(1, port, 2, 80, Frames.ACK));

            assertEquals(after, rig.lastArrived().node());
            assertEquals(2, rig.redirector(INGRESS).counters().forwarded());
        }
    }

    private static Rig twoIngress(final SelectionPolicy policy) {
        return new Rig(
                policy, List.of(INGRESS, INGRESS_2), INGRESS, INGRESS_2, EGRESS, BLADE_1, BLADE_2);
    }

    private static StateQuery onlyQuery(final Rig rig, final int blade) {
        final List<StateQuery> queries =
                rig.said.stream()
                        .filter(one -> one.to() == blade && one.message() instanceof StateQuery)
                        .map(one -> (StateQuery) one.message())
                        .toList();
        assertEquals(1, queries.size());
        return queries.getFirst();
    }

    @Test
    void shouldHoldAnEarlyFragmentUntilItsFirstComes() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.frame(INGRESS, 1, Frames.laterUdpFragment(1, 2, 7));
            rig.frame(INGRESS, 2, Frames.laterUdpFragment(1, 2, 8));
            rig.pass(50_000);
            assertEquals(0, rig.arrived.size());

            rig.frame(INGRESS, 3, Frames.firstUdpFragment(1, 53, 2, 1053, 7));

            assertEquals(
                    List.of(3L, 1L), rig.arrived.stream().map(Rig.Arrived::packetNumber).toList());
            assertEquals(rig.arrived.get(0).flowId(), rig.arrived.get(1).flowId());
            assertTrue(rig.arrived.get(1).keyed());
            rig.pass(10_001);
            assertEquals(
                    1,
                    rig.redirector(INGRESS).counters().dropped(DropReason.FRAGMENT_WITHOUT_FIRST));
        }
    }

    @Test
    void shouldBoundEarlyFragmentsAndDropTheEldest() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final int cells = io.boomerang.redirector.RedirectorConfig.DEFAULTS.fragmentCells();
            for (int id = 0; id < cells + 100; id++) {
                rig.frame(INGRESS, id + 1, Frames.laterUdpFragment(1, 2, id));
            }
            assertEquals(
                    100, rig.redirector(INGRESS).counters().dropped(DropReason.FRAGMENT_EVICTED));

            rig.frame(INGRESS, 1L << 20, Frames.firstUdpFragment(1, 53, 2, 1053, cells + 99));
            assertEquals(2, rig.arrived.size());
        }
    }

    @Test
    void shouldInstallACarriedAnnouncementBeforeThePacketLeaves() {
        try (Rig rig = egressOnly()) {
            final MemorySegment frame = Frames.tcp(1, 1000, 2, 80, Frames.SYN);
            rig.emit(
                    BLADE_2,
                    EGRESS,
                    Rig.announcement(Kind.OPEN, Rig.key(frame), FLOW, BLADE_2, 0),
                    frame);

            assertEquals(1, rig.emitted.size());
            assertArrayEquals(
                    Frames.bytes(frame, 0, (int) frame.byteSize()), rig.emitted.getFirst());
            assertTrue(
                    rig.said.contains(
                            new Rig.Said(
                                    EGRESS,
                                    BLADE_2,
                                    new Acknowledgement(FLOW, 1, 0, Outcome.INSTALLED))));
            rig.frame(EGRESS, 2, Frames.tcp(2, 80, 1, 1000, Frames.SYN | Frames.ACK));
            assertEquals(BLADE_2, rig.lastArrived().node());
            assertEquals(FLOW, rig.lastArrived().flowId());
        }
    }

    @Test
    void shouldEmitThePacketThatCarriedTheAnnouncementOthersWaitFor() {
        try (Rig rig = egressOnly()) {
            final MemorySegment waiting = Frames.tcp(2, 80, 1, 1000, Frames.ACK);
            rig.frame(EGRESS, 1, waiting);
            assertEquals(0, rig.arrived.size());

            final MemorySegment carrier = Frames.tcp(1, 1000, 2, 80, Frames.SYN);
            rig.emit(
                    BLADE_2,
                    EGRESS,
                    Rig.announcement(Kind.OPEN, Rig.key(carrier), FLOW, BLADE_2, 0),
                    carrier);

            assertEquals(1, rig.emitted.size());
            assertArrayEquals(
                    Frames.bytes(carrier, 0, (int) carrier.byteSize()), rig.emitted.getFirst());
            assertEquals(1, rig.arrived.size());
            assertEquals(BLADE_2, rig.lastArrived().node());
            assertEquals(FLOW, rig.lastArrived().flowId());
            assertArrayEquals(
                    Frames.bytes(waiting, 0, (int) waiting.byteSize()), rig.lastArrived().frame());
        }
    }

    @Test
    void shouldRefuseLateAnnouncements() {
        try (Rig rig = egressOnly()) {
            final MemorySegment frame = Frames.tcp(1, 1000, 2, 80, Frames.SYN);
            final FlowKey key = Rig.key(frame);
            rig.say(BLADE_1, EGRESS, Rig.announcement(Kind.OPEN, key, FLOW + 1, BLADE_1, 1));
            rig.said.clear();

            rig.say(BLADE_2, EGRESS, Rig.announcement(Kind.OPEN, key, FLOW, BLADE_2, 9));
            rig.say(BLADE_1, EGRESS, Rig.announcement(Kind.CLOSE, key, FLOW + 1, BLADE_1, 0));
            rig.say(BLADE_2, EGRESS, Rig.announcement(Kind.CLOSE, key, FLOW, BLADE_2, 10));

            assertEquals(
                    List.of(
                            new Acknowledgement(FLOW, 1, 9, Outcome.STALE, BLADE_1),
                            new Acknowledgement(FLOW + 1, 1, 0, Outcome.STALE),
                            new Acknowledgement(FLOW, 1, 10, Outcome.STALE, BLADE_1)),
                    rig.said.stream().map(Rig.Said::message).toList());
            rig.frame(EGRESS, 1, frame);
            assertEquals(BLADE_1, rig.lastArrived().node());
            assertEquals(FLOW + 1, rig.lastArrived().flowId());
        }
    }

    @Test
    void shouldReturnATupleToTheBladeThatIsRemembered() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final MemorySegment frame = Frames.tcp(1, 1000, 2, 80, Frames.SYN);
            rig.frame(INGRESS, 1, frame);
            final int before = rig.lastArrived().node();
            final int other = before == BLADE_1 ? BLADE_2 : BLADE_1;
            final long flowId = rig.lastArrived().flowId();
            final FlowKey key = Rig.key(frame);
            rig.say(other, INGRESS, Rig.announcement(Kind.MOVE, key, flowId, other, 1));
            rig.say(other, INGRESS, Rig.announcement(Kind.CLOSE, key, flowId, other, 2));

            rig.frame(INGRESS, 2, frame);

            assertEquals(other, rig.lastArrived().node());
            assertNotEquals(flowId, rig.lastArrived().flowId());
            assertEquals(1, rig.redirector(INGRESS).counters().decided(Decision.MEMORY));
        }
    }

    @Test
    void shouldMoveOnlyTheFlowsOfADeadBlade() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            final Map<Integer, Integer> bladeByPort = new HashMap<>();
            for (int port = 1000; port < 1100; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.SYN));
                bladeByPort.put(port, rig.lastArrived().node());
            }
            final long ofTheDead =
                    bladeByPort.values().stream().filter(blade -> blade == BLADE_1).count();

            rig.leave(BLADE_1);

            for (int port = 1000; port < 1100; port++) {
                rig.frame(INGRESS, port, Frames.tcp(1, port, 2, 80, Frames.ACK));
                assertEquals(BLADE_2, rig.lastArrived().node());
            }
            assertEquals(ofTheDead, rig.redirector(INGRESS).counters().flowsBroken());
        }
    }

    @Test
    void shouldBridgeWhatHasNoFlow() {
        try (Rig rig = oneEach(SelectionPolicy.BUCKETS)) {
            rig.frame(INGRESS, 1, Frames.arp());

            assertEquals(EGRESS, rig.lastArrived().node());
            assertEquals(Purpose.EMIT, rig.lastArrived().purpose());
        }
    }

    @Test
    void shouldAskTheOwnerOnceAndThenSteerByItsAnswer() {
        try (Rig rig = twoIngress(SelectionPolicy.LEAST_LOADED)) {
            long packet = 0;
            for (int port = 1000; port < 1100; port++) {
                rig.frame(INGRESS, ++packet, Frames.tcp(1, port, 2, 80, Frames.SYN));
                final int blade = rig.lastArrived().node();
                rig.frame(INGRESS_2, ++packet, Frames.tcp(1, port, 2, 80, Frames.ACK));
                assertEquals(blade, rig.lastArrived().node());
                rig.frame(INGRESS, ++packet, Frames.tcp(1, port, 2, 80, Frames.ACK));
                assertEquals(blade, rig.lastArrived().node());
            }
            final long detours =
                    rig.redirector(INGRESS).counters().forwarded()
                            + rig.redirector(INGRESS_2).counters().forwarded();
            assertEquals(100, detours);
        }
    }

    @Test
    void shouldBringFragmentsTogetherThatCameInApart() {
        try (Rig rig = twoIngress(SelectionPolicy.BUCKETS)) {
            for (int id = 0; id < 100; id++) {
                rig.arrived.clear();
                final boolean reversed = id % 2 == 1;
                if (reversed) {
                    rig.frame(INGRESS_2, 1, Frames.laterUdpFragment(1, 2, id));
                }
                rig.frame(INGRESS, 2, Frames.firstUdpFragment(1, 3000 + id, 2, 53, id));
                if (!reversed) {
                    rig.frame(INGRESS_2, 1, Frames.laterUdpFragment(1, 2, id));
                }
                assertEquals(2, rig.arrived.size());
                assertEquals(rig.arrived.get(0).node(), rig.arrived.get(1).node());
                assertTrue(rig.arrived.stream().allMatch(one -> one.purpose() == Purpose.DELIVER));
            }
        }
    }

    @Test
    void shouldAcknowledgeWhatItCannotInstall() {
        try (Rig rig = egressOnly()) {
            for (int port = 0; port < 2_000; port++) {
                final FlowKey key = Rig.key(Frames.tcp(1, port + 1, 2, 80, Frames.SYN));
                rig.say(BLADE_1, EGRESS, Rig.announcement(Kind.OPEN, key, FLOW + port, BLADE_1, 0));
            }
            final long acknowledged =
                    rig.said.stream()
                            .filter(one -> one.message() instanceof Acknowledgement)
                            .count();
            assertEquals(2_000, acknowledged);
            assertTrue(rig.redirector(EGRESS).sessions().live() <= 1 << 10);
        }
    }

    @Test
    void shouldLoseNothingToUnreadableDatagramsButACount() {
        try (Rig rig = egressOnly()) {
            final MemorySegment garbage = MemorySegment.ofArray(new byte[64]);
            rig.redirector(EGRESS).onDatagram(BLADE_1, garbage, 0, 64, rig.nowNs);
            assertEquals(
                    1, rig.redirector(EGRESS).counters().dropped(DropReason.BACKPLANE_MALFORMED));
        }
    }

    @Test
    void shouldNotLearnFromAnAnswerToAQuestionItNeverAsked() {
        try (Rig rig = egressOnly()) {
            final SessionAnnouncement session =
                    Rig.announcement(
                            Kind.OPEN,
                            Rig.key(Frames.tcp(1, 9, 2, 80, Frames.SYN)),
                            FLOW,
                            BLADE_1,
                            0);
            rig.say(BLADE_1, EGRESS, new StateAnswer(4711, session));
            assertEquals(0, rig.redirector(EGRESS).sessions().live());
        }
    }
}
