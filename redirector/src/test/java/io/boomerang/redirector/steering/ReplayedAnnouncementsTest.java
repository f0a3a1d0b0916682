package io.boomerang.redirector.steering;

import static io.boomerang.redirector.steering.Rig.BLADE_1;
import static io.boomerang.redirector.steering.Rig.BLADE_2;
import static io.boomerang.redirector.steering.Rig.EGRESS;
import static io.boomerang.redirector.steering.Rig.INGRESS;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SessionAnnouncement;
import io.boomerang.announce.SessionAnnouncement.Kind;
import io.boomerang.announce.TcpPhase;
import io.boomerang.flow.FlowKey;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/// Whoever recorded what blades have announced, and says it again in any order and number, changes
/// nothing: what a redirector knows of each flow stays that of the newest announcement.
class ReplayedAnnouncementsTest {
    private static final int FIRST_PORT = 1_000;
    private static final int PORTS = 12;
    private static final int ANNOUNCEMENTS = 150;

    static LongStream seeds() {
        final Long seed = Long.getLong("seed");
        return seed != null ? LongStream.of(seed) : LongStream.range(0, 20);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldChangeNothing(final long seed) {
        final Random random = new Random(seed);
        try (Rig rig =
                new Rig(
                        SelectionPolicy.BUCKETS,
                        List.of(INGRESS, EGRESS),
                        INGRESS,
                        EGRESS,
                        BLADE_1,
                        BLADE_2)) {
            final List<SessionAnnouncement> recorded = history(random);
            recorded.forEach(announcement -> rig.say(announcement.blade(), EGRESS, announcement));
            final List<String> before = steering(rig);

            final List<SessionAnnouncement> replayed = new ArrayList<>(recorded);
            replayed.addAll(recorded);
            Collections.shuffle(replayed, random);
            replayed.forEach(announcement -> rig.say(announcement.blade(), EGRESS, announcement));

            assertEquals(before, steering(rig));
        }
    }

    /// Connections under a few tuples, one after the other on either blade, each of which is
    /// opened, refreshed and moved, and some are closed.
    private static List<SessionAnnouncement> history(final Random random) {
        final List<SessionAnnouncement> history = new ArrayList<>();
        final SessionAnnouncement[] last = new SessionAnnouncement[PORTS];
        for (int i = 0; i < ANNOUNCEMENTS; i++) {
            final int port = random.nextInt(PORTS);
            final SessionAnnouncement before = last[port];
            final SessionAnnouncement next =
                    before == null || before.kind() == Kind.CLOSE || random.nextInt(4) == 0
                            ? announcement(Kind.OPEN, port, i + 1, blade(random), 0)
                            : after(before, port, random);
            last[port] = next;
            history.add(next);
        }
        return history;
    }

    private static SessionAnnouncement after(
            final SessionAnnouncement before, final int port, final Random random) {
        return switch (random.nextInt(3)) {
            case 0 ->
                    announcement(
                            Kind.REFRESH, port, before.flowId(), before.blade(), before.version());
            case 1 ->
                    announcement(
                            Kind.MOVE, port, before.flowId(), blade(random), before.version() + 1);
            default ->
                    announcement(
                            Kind.CLOSE,
                            port,
                            before.flowId(),
                            before.blade(),
                            before.version() + 1);
        };
    }

    private static int blade(final Random random) {
        return random.nextBoolean() ? BLADE_1 : BLADE_2;
    }

    private static SessionAnnouncement announcement(
            final Kind kind,
            final int port,
            final long flowId,
            final int blade,
            final int version) {
        final FlowKey key = Rig.key(Frames.tcp(1, FIRST_PORT + port, 2, 80, Frames.SYN));
        return new SessionAnnouncement(
                kind, key, key, flowId, blade, 1, version, 60_000, TcpPhase.ESTABLISHED);
    }

    /// Where a packet of each flow goes that opens nothing, and under which flow id.
    private static List<String> steering(final Rig rig) {
        final List<String> steering = new ArrayList<>();
        for (int port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
            rig.arrived.clear();
            rig.frame(EGRESS, port, Frames.tcp(2, 80, 1, port, Frames.ACK));
            rig.answerAll();
            steering.add(
                    rig.arrived.isEmpty()
                            ? "nowhere"
                            : rig.lastArrived().node() + " " + rig.lastArrived().flowId());
        }
        return steering;
    }
}
