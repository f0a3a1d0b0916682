package io.boomerang.sim.replay;

/// An event and its time.
///
/// @param packet the event happens before this packet of the replay, counted from 1 over all files
/// @param event what happens
public record ScheduledEvent(long packet, ChassisEvent event) {
    public ScheduledEvent {
        if (packet < 1) {
            throw new IllegalArgumentException("packets count from 1, not from " + packet);
        }
    }

    /// Reads `PACKET:EVENT`.
    ///
    /// @throws IllegalArgumentException with a message for users
    public static ScheduledEvent parse(final String text) {
        final int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("expected PACKET:EVENT, found '" + text + "'");
        }
        final long packet;
        try {
            packet = Long.parseLong(text.substring(0, colon));
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text.substring(0, colon) + "' is no packet number", e);
        }
        return new ScheduledEvent(packet, ChassisEvent.parse(text.substring(colon + 1)));
    }
}
