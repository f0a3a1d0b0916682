package io.boomerang.sim.measure;

/// Which frames are on their way, for frames that are numbered from 0 and belong to flows by turns.
///
/// A path keeps the order of a flow. So when a frame comes back, those of its flow that were sent
/// before it and have not come back are lost. One that comes back later all the same stays lost.
final class FramesOnWay {
    /// The number of the next frame of each flow that may come back.
    private final long[] awaited;

    private long sent;
    private int count;
    private long returned;
    private long lost;

    FramesOnWay(final int flows) {
        awaited = new long[flows];
        forget();
    }

    /// Begins anew: what is on its way is given up and counts no more; numbers go on.
    void forget() {
        giveUp();
        returned = 0;
        lost = 0;
    }

    /// What is on its way is lost.
    void giveUp() {
        lost += count;
        count = 0;
        final int flows = awaited.length;
        for (int flow = 0; flow < flows; flow++) {
            awaited[flow] = sent + Math.floorMod(flow - sent, (long) flows);
        }
    }

    /// The number of the frame that would be sent now.
    long next() {
        return sent;
    }

    /// That frame has been sent.
    void onSent() {
        sent++;
        count++;
    }

    /// The frame of this number has come back; false when it was lost, or sent by somebody else.
    boolean onReturn(final long number) {
        if (number < 0 || number >= sent) {
            return false;
        }
        final int flows = awaited.length;
        final int flow = (int) (number % flows);
        if (number < awaited[flow]) {
            return false;
        }
        final int overtaken = (int) ((number - awaited[flow]) / flows);
        awaited[flow] = number + flows;
        count -= overtaken + 1;
        lost += overtaken;
        returned++;
        return true;
    }

    /// How many are on their way.
    int count() {
        return count;
    }

    /// How many have come back.
    long returned() {
        return returned;
    }

    /// How many are lost.
    long lost() {
        return lost;
    }
}
