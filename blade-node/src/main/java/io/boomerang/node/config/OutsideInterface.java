package io.boomerang.node.config;

import io.boomerang.port.PortOptions.Driver;

/// The interface of a redirector to its outside network.
///
/// @param name of the interface; empty on a node that is none
/// @param port how frames come from it
/// @param followsService whether the interface is up only while the redirector serves; else the
///   redirector leaves it as it is
public record OutsideInterface(String name, Driver port, boolean followsService) {
    /// That of a processor.
    public static final OutsideInterface NONE = new OutsideInterface("", Driver.AUTO, false);
}
