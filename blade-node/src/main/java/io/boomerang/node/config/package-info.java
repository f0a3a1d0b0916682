/// The file that describes a chassis, checked field by field.
@NullMarked
package io.boomerang.node.config;

import org.jspecify.annotations.NullMarked;
