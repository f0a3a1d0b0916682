package io.boomerang.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.ControlMessage;
import io.boomerang.announce.EpochInstalled;
import io.boomerang.announce.FormatRange;
import io.boomerang.announce.MessageBatch;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class ControlInboxTest {
    private static final int CAPACITY = 1 << 14;
    private static final int BURST = 64;

    private final List<String> heard = new ArrayList<>();
    private int wokenUp;
    private final ControlInbox inbox =
            new ControlInbox(
                    new ControlInbox.Node() {
                        @Override
                        public void onMessage(
                                final int from, final ControlMessage message, final long nowNs) {
                            heard.add(from + " " + message + " at " + nowNs);
                        }

                        @Override
                        public void onView(final ClusterView view, final long nowNs) {
                            heard.add("view " + view.id() + (view.merged() ? " merged" : ""));
                        }
                    },
                    FormatRange.CURRENT,
                    CAPACITY,
                    () -> wokenUp++);

    private void send(final int from, final long epoch) {
        final MessageBatch batch = new MessageBatch(1_000);
        batch.setFormat(FormatRange.CURRENT.newest());
        assertTrue(batch.append(new EpochInstalled(epoch)));
        final int length = batch.seal();
        inbox.onMessage(from, batch.buffer(), 0, length);
        batch.buffer()[length - 1] ^= 1; // it belongs to the channel again
    }

    @Test
    void shouldHandMessagesOverInOrderWhenTheNodeAsks() {
        send(3, 1);
        send(4, 2);
        assertEquals(List.of(), heard);
        assertEquals(2, wokenUp);

        assertEquals(2, inbox.drain(77, BURST));

        assertEquals(
                List.of("3 EpochInstalled[epoch=1] at 77", "4 EpochInstalled[epoch=2] at 77"),
                heard);
        assertEquals(0, inbox.drain(78, BURST));
    }

    @Test
    void shouldHandOverTheNewestViewFirstAndForgetNoMerger() {
        send(3, 1);
        inbox.onView(new ClusterView(7, List.of(), true));
        inbox.onView(new ClusterView(9, List.of()));
        inbox.onView(new ClusterView(8, List.of()));

        inbox.drain(0, BURST);

        assertEquals(List.of("view 9 merged", "3 EpochInstalled[epoch=1] at 0"), heard);
    }

    @Test
    void shouldCountWhatCannotBeReadAndGoOn() {
        inbox.onMessage(3, new byte[20], 0, 20);
        send(4, 2);

        inbox.drain(0, BURST);

        assertEquals(1, inbox.refused());
        assertEquals(1, heard.size());
    }

    @Test
    void shouldDropAndCountWhatIsTooMuch() {
        for (int i = 0; i < CAPACITY + 5; i++) {
            send(3, i);
        }

        assertEquals(5, inbox.dropped());
        int done = 0;
        for (int now = inbox.drain(0, BURST); now > 0; now = inbox.drain(0, BURST)) {
            assertTrue(now <= BURST, "packets have to have their turn");
            done += now;
        }
        assertEquals(CAPACITY, done);
    }
}
