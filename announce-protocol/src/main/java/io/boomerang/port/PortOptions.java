package io.boomerang.port;

/// How a port is opened.
///
/// @param driver how frames come from the kernel
/// @param receiveFrames frames that may wait in the receive ring, a power of two
/// @param transmitFrames frames that may wait in the transmit ring, a power of two
/// @param bypassQueueing whether frames leave past the interface's queueing discipline, which is
///   faster; traffic control does not see them then
public record PortOptions(
        Driver driver, int receiveFrames, int transmitFrames, boolean bypassQueueing) {
    /// How frames come from the kernel.
    public enum Driver {
        /// The best that the interface can do; the log says which and why.
        AUTO,
        /// AF_XDP: a program in the interface's driver puts frames into memory of this process.
        AF_XDP,
        /// AF_PACKET with memory-mapped rings, which any interface has.
        AF_PACKET
    }

    public static final PortOptions DEFAULTS = new PortOptions(Driver.AUTO, 4_096, 2_048, true);

    private static final int LEAST_FRAMES = 64;
    private static final int MOST_FRAMES = 1 << 16;

    public PortOptions {
        requireFrames("receiveFrames", receiveFrames);
        requireFrames("transmitFrames", transmitFrames);
    }

    public PortOptions withDriver(final Driver wanted) {
        return new PortOptions(wanted, receiveFrames, transmitFrames, bypassQueueing);
    }

    private static void requireFrames(final String name, final int frames) {
        if (frames < LEAST_FRAMES || frames > MOST_FRAMES || Integer.bitCount(frames) != 1) {
            throw new IllegalArgumentException(
                    "%s %d is no power of two in %d..%d"
                            .formatted(name, frames, LEAST_FRAMES, MOST_FRAMES));
        }
    }
}
