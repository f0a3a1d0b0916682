/// Where clients meet the chassis: accepts connections, reads their first bytes, and sends each of
/// them to the host that shall serve it.
@NullMarked
package io.boomerang.handoff.front;

import org.jspecify.annotations.NullMarked;
