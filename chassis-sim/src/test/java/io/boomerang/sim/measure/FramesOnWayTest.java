package io.boomerang.sim.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FramesOnWayTest {
    private static final int FLOWS = 4;

    private final FramesOnWay frames = new FramesOnWay(FLOWS);

    private void send(final int count) {
        for (int i = 0; i < count; i++) {
            frames.onSent();
        }
    }

    private void assertCounts(final int onWay, final int returned, final int lost) {
        assertEquals(onWay, frames.count());
        assertEquals(returned, frames.returned());
        assertEquals(lost, frames.lost());
    }

    @Test
    void shouldCountWhatComesBackInTheOrderOfEachFlow() {
        send(8);
        for (final int number : new int[] {3, 0, 7, 1, 4, 2, 6, 5}) {
            assertTrue(frames.onReturn(number));
        }
        assertCounts(0, 8, 0);
    }

    @Test
    void shouldTakeOvertakenFramesOfAFlowForLost() {
        send(12);
        assertTrue(frames.onReturn(9));
        assertCounts(9, 1, 2);
        assertFalse(frames.onReturn(5), "it was counted as lost");
        assertCounts(9, 1, 2);
        assertTrue(frames.onReturn(10));
        assertCounts(6, 2, 4);
    }

    @Test
    void shouldTakeAFrameOnlyOnce() {
        send(4);
        assertTrue(frames.onReturn(2));
        assertFalse(frames.onReturn(2));
        assertCounts(3, 1, 0);
    }

    @Test
    void shouldNotTakeWhatNobodySent() {
        send(4);
        assertFalse(frames.onReturn(4));
        assertFalse(frames.onReturn(-1));
        assertCounts(4, 0, 0);
    }

    @Test
    void shouldGiveUpWhatIsOnTheWay() {
        for (int sent = 0; sent < 3 * FLOWS; sent++) {
            final FramesOnWay other = new FramesOnWay(FLOWS);
            for (int i = 0; i < sent; i++) {
                other.onSent();
            }
            other.giveUp();
            assertEquals(0, other.count());
            assertEquals(sent, other.lost());
            for (int number = 0; number < sent; number++) {
                assertFalse(other.onReturn(number));
            }
            for (int i = 0; i < FLOWS; i++) {
                final long number = other.next();
                other.onSent();
                assertTrue(other.onReturn(number));
            }
            assertEquals(sent, other.lost());
        }
    }

    @Test
    void shouldBeginAnewWithNumbersThatGoOn() {
        send(5);
        frames.onReturn(1);
        frames.forget();
        assertCounts(0, 0, 0);
        assertEquals(5, frames.next());
        assertFalse(frames.onReturn(4));
    }
}
