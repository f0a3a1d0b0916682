package io.boomerang.blade.session;

/// A queue of frames that wait in a pen, as the pen knows it: its first and its last frame. Belongs
/// to whatever the frames wait for.
public interface HeldQueue {
    /// Names no frame.
    int NO_FRAME = -1;

    /// The first frame, as its pen names it; {@link #NO_FRAME} when none waits.
    int firstHeld();

    /// The last one.
    int lastHeld();

    void setHeld(int first, int last);

    default boolean hasHeld() {
        return firstHeld() != NO_FRAME;
    }
}
