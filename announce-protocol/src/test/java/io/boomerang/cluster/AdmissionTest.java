package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.boomerang.announce.FormatRange;

import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class AdmissionTest {
    private final Map<Integer, Address> addresses = new TreeMap<>();
    private final Member self = member(1, 7);
    private final Admission admission = new Admission(self, address(self));
    private final RecordingListener listener = new RecordingListener();

    @Test
    void shouldListMembersByNodeAndKnowTheirAddresses() {
        final Address three = address(member(3, 7));
        final Address two = address(member(2, 7));

        assertNull(admission.admit(List.of(three, address(1), two)));

        assertEquals(List.of(1, 2, 3), admission.members().stream().map(Member::node).toList());
        assertEquals(two, admission.addressOf(2));
        assertNull(admission.addressOf(4));
    }

    @Test
    void shouldKeepEarlyMessagesUntilTheViewThatBringsTheirSender() {
        final Address two = address(member(2, 7));
        final Address three = address(member(3, 7));
        admit(address(1));

        assertEquals(Admission.NOT_YET, admission.nodeOf(message(three, "c")));
        assertEquals(Admission.NOT_YET, admission.nodeOf(message(two, "a")));
        assertEquals(Admission.NOT_YET, admission.nodeOf(message(two, "b")));
        admit(address(1), two);
        assertEquals(List.of("2:a", "2:b"), listener.events());
        assertEquals(2, admission.nodeOf(message(two, "direct")));
        admit(address(1), two, three);

        assertEquals(List.of("2:a", "2:b", "3:c"), listener.events());
        assertEquals(0, admission.messagesOfStrangers());
    }

    @Test
    void shouldNotLetMessagesInBeforeTheViewWasShown() {
        final Address two = address(member(2, 7));

        assertNull(admission.admit(List.of(address(1), two)));
        assertEquals(Admission.NOT_YET, admission.nodeOf(message(two, "a")));
        admission.release(listener);

        assertEquals(List.of("2:a"), listener.events());
        assertEquals(2, admission.nodeOf(message(two, "b")));
    }

    @Test
    void shouldDropMessagesOfThoseWhoLeft() {
        final Address two = address(member(2, 7));
        admit(address(1), two);
        admit(address(1));

        assertEquals(Admission.NOT_YET, admission.nodeOf(message(two, "a")));
        admit(address(1));

        assertEquals(List.of(), listener.events());
        assertEquals(1, admission.messagesOfStrangers());
    }

    @Test
    void shouldBoundWhatWaits() {
        final Address two = address(member(2, 7));
        admit(address(1));

        for (int i = 0; i < Admission.MAX_EARLY_MESSAGES + 5; i++) {
            admission.nodeOf(message(two, "m"));
        }
        admit(address(1), two);

        assertEquals(Admission.MAX_EARLY_MESSAGES, listener.events().size());
        assertEquals(5, admission.messagesOfStrangers());
    }

    @Test
    void shouldBoundTheBytesThatWait() {
        final Address two = address(member(2, 7));
        final String half = "x".repeat(Admission.MAX_EARLY_BYTES / 2);
        admit(address(1));

        admission.nodeOf(message(two, half));
        admission.nodeOf(message(two, half));
        admission.nodeOf(message(two, "x"));
        admit(address(1), two);
        admission.nodeOf(message(address(member(3, 7)), half));

        assertEquals(2, listener.events().size());
        assertEquals(1, admission.messagesOfStrangers());
    }

    @Test
    void shouldAdmitTheFirstOfTwoWithOneNodeId() {
        final Address first = MemberAddress.of(member(2, 7));
        final Address second = MemberAddress.of(member(2, 7));

        admit(address(1), first, second);

        assertEquals(first, admission.addressOf(2));
        assertEquals(Admission.NOT_YET, admission.nodeOf(message(second, "a")));
        assertEquals(1, admission.messagesOfStrangers());
    }

    @Test
    void shouldAdmitTheSecondWhenTheFirstHasLeft() {
        final Address first = MemberAddress.of(member(2, 7));
        final Address second = MemberAddress.of(member(2, 7));
        admit(address(1), first, second);

        admit(address(1), second);

        assertEquals(second, admission.addressOf(2));
        assertEquals(2, admission.nodeOf(message(second, "a")));
    }

    @Test
    void shouldSayWhyThisNodeIsUnwelcome() {
        final Address same = MemberAddress.of(self);

        assertEquals(
                "node id 1 of node-1 is already used by node-1",
                admission.admit(List.of(same, address(1))));
        assertEquals(
                "node-1 runs with cluster parameters 0000000000000007,"
                        + " but node-2 with 0000000000000008",
                admission.admit(List.of(address(member(2, 8)), address(1))));
        assertEquals("node-1 is not in the view", admission.admit(List.of(same)));
        assertNull(admission.admit(List.of(address(1), same)));
    }

    @Test
    void shouldRefuseAMemberWithoutAFormatInCommonWithEveryOther() {
        final Address older = MemberAddress.of(speaking(2, new FormatRange(2, 3)));
        final Address oldest = MemberAddress.of(speaking(3, FormatRange.FIRST_RELEASE));

        admit(address(1), older, oldest);

        assertEquals(List.of(1, 2), admission.members().stream().map(Member::node).toList());
        assertEquals(
                "node-1 reads message formats 1 to 2, but node-4 3",
                admission.admit(
                        List.of(MemberAddress.of(speaking(4, new FormatRange(3, 3))), address(1))));
    }

    private static Member speaking(final int node, final FormatRange formats) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, 7, formats);
    }

    @Test
    void shouldPassOverAddressesThatTellNoMember() {
        final Address nobody = UUID.randomUUID();

        admit(nobody, address(1));

        assertEquals(List.of(self), admission.members());
        assertEquals(Admission.NOT_YET, admission.nodeOf(message(nobody, "a")));
        assertEquals(1, admission.messagesOfStrangers());
    }

    private void admit(final Address... joinOrder) {
        assertNull(admission.admit(List.of(joinOrder)));
        admission.release(listener);
    }

    private Address address(final Member member) {
        return addresses.computeIfAbsent(member.node(), _ -> MemberAddress.of(member));
    }

    private Address address(final int node) {
        return address(member(node, 7));
    }

    private static Member member(final int node, final long digest) {
        return new Member(node, "node-" + node, Member.Role.BLADE, 0, digest);
    }

    private static Message message(final Address source, final String text) {
        return new BytesMessage(null, text.getBytes(StandardCharsets.US_ASCII)).setSrc(source);
    }
}
