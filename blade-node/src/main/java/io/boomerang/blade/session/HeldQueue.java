package io.boomerang.blade.session;

/// A queue of frames that wait in a pen, as the pen knows it: its first and its last frame. Belongs
/// to whatever the frames wait for.
public abstract class HeldQueue {
    /// Names no frame.
    public static final int NO_FRAME = -1;

    private int firstHeld = NO_FRAME;
    private int lastHeld = NO_FRAME;

    /// The first frame, as its pen names it; {@link #NO_FRAME} when none waits.
    public final int firstHeld() {
        return firstHeld;
    }

    /// The last one.
    public final int lastHeld() {
        return lastHeld;
    }

    public final void setHeld(final int first, final int last) {
        firstHeld = first;
        lastHeld = last;
    }

    public final boolean hasHeld() {
        return firstHeld != NO_FRAME;
    }
}
