package io.boomerang.house;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;

/// The rules over the main classes of all modules.
@AnalyzeClasses(packages = "io.boomerang", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest static final ArchTests layers = ArchTests.in(LayerRules.class);

    @ArchTest static final ArchTests calls = ArchTests.in(CallRules.class);

    @ArchTest static final ArchTests shapes = ArchTests.in(ShapeRules.class);
}
