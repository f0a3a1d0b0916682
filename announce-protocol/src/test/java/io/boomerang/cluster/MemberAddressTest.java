package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.boomerang.announce.FormatRange;
import io.boomerang.announce.Seeds;

import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.UUID;
import org.jgroups.util.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.random.RandomGenerator;

class MemberAddressTest {
    @ParameterizedTest
    @EnumSource(Member.Role.class)
    void shouldTellTheMemberAfterATransmission(final Member.Role role) throws Exception {
        final Member member =
                new Member(Member.MAX_NODE, "Blätt-1", role, 0xFFFF, 0xFEDCBA9876543210L);

        final Address address = MemberAddress.of(member);
        final Address received = Util.objectFromByteBuffer(Util.objectToByteBuffer(address));

        assertEquals(address, received);
        assertEquals(member, MemberAddress.memberOf(received));
    }

    @Test
    void shouldTellTheFormatsAndTakeSilenceForTheFirstRelease() {
        final Member old =
                new Member(1, "blade", Member.Role.BLADE, 0, 0, FormatRange.FIRST_RELEASE);
        final Member later =
                new Member(1, "blade", Member.Role.BLADE, 0, 0, new FormatRange(254, 255));

        assertEquals(old, MemberAddress.memberOf(MemberAddress.of(old)));
        assertEquals(later, MemberAddress.memberOf(MemberAddress.of(later)));
        assertNull(MemberAddress.of(old).get("f"));
        assertNull(MemberAddress.memberOf(MemberAddress.of(later).put("f", new byte[] {1})));
    }

    @Test
    void shouldDifferForEveryChannel() {
        final Member member = new Member(1, "blade", Member.Role.BLADE, 0, 0);

        assertNotEquals(MemberAddress.of(member), MemberAddress.of(member));
    }

    @Test
    void shouldRefuseANameThatIsTooLong() {
        final Member member =
                new Member(
                        1, "x".repeat(MemberAddress.MAX_NAME_BYTES + 1), Member.Role.BLADE, 0, 0);

        assertThrows(IllegalArgumentException.class, () -> MemberAddress.of(member));
    }

    @Test
    void shouldKnowNoMemberBehindOtherAddresses() {
        assertNull(MemberAddress.memberOf(UUID.randomUUID()));
        assertNull(MemberAddress.memberOf(ExtendedUUID.randomUUID("name")));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.announce.Seeds#seeds")
    void shouldSurviveWhateverAnAddressHolds(final long seed) {
        final RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 1_000; i++) {
            final byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 2 && random.nextBoolean()) {
                bytes[0] &= 3;
                bytes[2] &= 3;
            }

            final Member member = MemberAddress.memberOf(ExtendedUUID.randomUUID().put("m", bytes));

            if (member != null && !member.name().contains("�")) {
                assertEquals(member, MemberAddress.memberOf(MemberAddress.of(member)));
            }
        }
    }
}
