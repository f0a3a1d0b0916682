package io.boomerang.sim.lab;

import java.util.Locale;

/// A blade of a laboratory's chassis.
///
/// @param name of the blade and of its host
/// @param address on the backplane
/// @param role as the chassis file says it
/// @param neighbour the host on the other end of its outside port; empty when it has no such port
/// @param starts whether its daemon starts with the laboratory
record LabBlade(String name, String address, String role, String neighbour, boolean starts) {
    boolean isRedirector() {
        return !neighbour.isEmpty();
    }

    /// Its line of the chassis file.
    String line() {
        return String.format(
                Locale.ROOT, "  - {name: %s, address: '%s', %s}%n", name, address, role);
    }
}
