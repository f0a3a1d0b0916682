package io.boomerang.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.cluster.key.TestKeys;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// Members in processes of their own, over the loopback interface.
class MemberProcessIT {
    private static final String DIGEST = "abc";

    @TempDir private Path directory = Path.of("");

    private final ChassisKey key = TestKeys.key(0);
    private final ChassisKey other = TestKeys.key(1);
    private final List<Integer> ports = LoopbackPorts.free(4);
    private final List<MemberProcess> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(MemberProcess::close);
    }

    @Test
    void shouldRefuseAWrongKeyAndSayWhyAtBothEnds() throws IOException {
        final MemberProcess one = start(1, key);
        final MemberProcess two = start(2, key);
        one.awaitLast("view ", "1 2");

        final MemberProcess stranger = start(3, other);

        stranger.awaitEnd();
        final String refusal = stranger.last("refused: ");
        final String seen =
                "its key %s is not among those trusted here [%s]"
                        .formatted(key.fingerprint(), other.fingerprint());
        assertTrue(refusal.startsWith("refused: node-3 was refused by all"), stranger.toString());
        assertTrue(refusal.contains(seen), stranger.toString());
        final String told = "trust the key %s of this member".formatted(key.fingerprint());
        one.awaitLineWith(told);
        assertToldOnce(one);
        assertToldOnce(stranger);
        assertEquals("view 1 2", one.last("view"));
        assertEquals("view 1 2", two.last("view"));
    }

    /// However often it happens. How a handshake ends at an end that is not trusted depends on
    /// which word comes first.
    private static void assertToldOnce(final MemberProcess member) {
        final List<String> told =
                member.linesWith("WARN").stream()
                        .map(line -> line.substring(line.indexOf("WARN")))
                        .toList();
        assertEquals(told.stream().distinct().toList(), told);
    }

    @Test
    void shouldChangeTheKeyWhileAnnouncementsFlow() throws IOException {
        final List<MemberProcess> members = List.of(start(1, key), start(2, key), start(3, key));
        for (final MemberProcess member : members) {
            member.awaitLast("view ", "1 2 3");
        }
        for (int node = 1; node <= 3; node++) {
            members.get(node - 1).command("flood " + (node % 3 + 1));
        }

        changeAll(members, key.trusting(other));
        changeAll(members, other.trusting(key));
        changeAll(members, other);

        for (int node = 1; node <= 3; node++) {
            final MemberProcess from = members.get(node - 1);
            final MemberProcess to = members.get(node % 3);
            from.command("stop");
            from.awaitLineWith("@ sent ");
            final String sent = from.last("sent ").substring("sent ".length());
            to.awaitAnswer("heard " + node, "heard " + sent + " out of order 0");
            assertTrue(Long.parseLong(sent) > 1_000, sent);
        }
        for (final MemberProcess member : members) {
            assertEquals("view 1 2 3", member.last("view"));
            assertEquals(1, member.linesWith("@ view 1 2 3").size(), member.toString());
            member.awaitAnswer("refusals", "refusals 0");
        }
        final MemberProcess late = start(4, key);
        late.awaitEnd();
        assertTrue(late.last("refused: ").contains(other.fingerprint()), late.toString());
    }

    private void changeAll(final List<MemberProcess> members, final ChassisKey next)
            throws IOException {
        for (int node = 1; node <= members.size(); node++) {
            next.store(file(node), new char[0]);
            members.get(node - 1)
                    .awaitAnswer(
                            "key",
                            "key %s trusts %d"
                                    .formatted(
                                            next.fingerprint(), next.trustedFingerprints().size()));
        }
    }

    @Test
    void shouldSpeakTheFormatOfTheOldestMember() throws IOException {
        final MemberProcess one = start(1, key);
        final MemberProcess two = start(2, key);
        final MemberProcess old = start(3, key, 1, DIGEST);
        one.awaitLast("view ", "1 2 3");
        two.awaitLast("view ", "1 2 3");
        old.awaitLast("view ", "1 2 3");

        one.command("stale 2");
        one.command("stale 3");
        old.command("stale 1");
        two.awaitLast("from 1 ", "holder 0");
        old.awaitLast("from 1 ", "holder 0");
        one.awaitLast("from 3 ", "holder 0");
        old.command("quit");
        one.awaitLast("view ", "1 2");
        one.command("stale 2");
        two.awaitLast("from 1 ", "holder 9");

        for (final MemberProcess member : started) {
            assertEquals(List.of(), member.linesWith("cannot read"), member.toString());
        }
    }

    @Test
    void shouldNoticeTheDeathOfAMemberAndWelcomeItBack() throws IOException {
        final MemberProcess one = start(1, key);
        final MemberProcess two = start(2, key);
        final MemberProcess three = start(3, key);
        one.awaitLast("view ", "1 2 3");
        two.awaitLast("view ", "1 2 3");

        one.close();
        two.awaitLast("view ", "2 3");
        three.awaitLast("view ", "2 3");

        final MemberProcess back = start(1, key);
        back.awaitLast("view ", "1 2 3");
        back.command("stale 2");
        two.awaitLast("from 1 ", "holder 9");
    }

    @Test
    void shouldNameBothParametersOfWhomItRefuses() throws IOException {
        final MemberProcess one = start(1, key);
        one.awaitLast("view ", "1");

        final MemberProcess refused = start(2, key, 2, "def");

        refused.awaitEnd();
        assertEquals(
                "refused: node-2 runs with cluster parameters 0000000000000def, but node-1 with"
                        + " 0000000000000abc",
                refused.last("refused: "),
                refused.toString());
        assertEquals("view 1", one.last("view"));
    }

    private MemberProcess start(final int node, final ChassisKey with) throws IOException {
        return start(node, with, 2, DIGEST);
    }

    private MemberProcess start(
            final int node, final ChassisKey with, final int newestFormat, final String digest)
            throws IOException {
        with.store(file(node), new char[0]);
        final MemberProcess member =
                new MemberProcess(
                        Integer.toString(node),
                        ports.get(node - 1).toString(),
                        ports.stream().map(Objects::toString).collect(Collectors.joining(",")),
                        file(node).toString(),
                        Integer.toString(newestFormat),
                        digest);
        started.add(member);
        await("first words of " + node)
                .atMost(MemberProcess.PATIENCE)
                .untilAsserted(
                        () -> assertFalse(member.linesWith("@ ").isEmpty(), started::toString));
        return member;
    }

    private Path file(final int node) {
        return directory.resolve("node-" + node + ".p12");
    }
}
