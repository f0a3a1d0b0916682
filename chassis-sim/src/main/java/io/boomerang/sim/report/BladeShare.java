package io.boomerang.sim.report;

import java.util.List;

/// What one blade carried.
///
/// @param name of the blade
/// @param flows that were on it at the end, or when it died
/// @param flowShare of all flows that met a blade, 0 to 1
/// @param packets delivered to it
/// @param packetShare of all packets that were delivered, 0 to 1
public record BladeShare(
        String name, long flows, double flowShare, long packets, double packetShare) {

    /// How much was on a blade, before it is compared with the others.
    ///
    /// @param name of the blade
    /// @param flows on it
    /// @param packets delivered to it
    public record Load(String name, long flows, long packets) {}

    /// Compares the loads of all blades; the order stays.
    public static List<BladeShare> of(final List<Load> loads) {
        final double flows = loads.stream().mapToLong(Load::flows).sum();
        final double packets = loads.stream().mapToLong(Load::packets).sum();
        return loads.stream()
                .map(load ->
                        new BladeShare(
                                load.name,
                                load.flows,
                                flows == 0 ? 0 : load.flows / flows,
                                load.packets,
                                packets == 0 ? 0 : load.packets / packets))
                .toList();
    }

    /// How far the busiest of several is above their mean: 0.25 when it carries a quarter more.
    static double imbalance(final double[] loads) {
        double sum = 0;
        double most = 0;
        for (final double load : loads) {
            sum += load;
            most = Math.max(most, load);
        }
        return sum == 0 ? 0 : most * loads.length / sum - 1;
    }
}
