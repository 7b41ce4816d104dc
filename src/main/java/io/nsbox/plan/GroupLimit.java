package io.nsbox.plan;

import java.util.List;
import java.util.Optional;

/**
 * What is written for one limit.
 *
 * @param controller who holds it
 * @param title what the step is called
 * @param unified what is written to a group of version 2, in order
 * @param legacy what is written to one of version 1
 */
record GroupLimit(Controller controller, String title, List<Line> unified, List<Line> legacy) {
    /**
     * One write.
     *
     * @param file the file in the group
     * @param value what is written
     * @param optional whether a kernel without this file is as good
     */
    record Line(String file, String value, boolean optional) {
        static Line of(String file, Object value) {
            return new Line(file, value.toString(), false);
        }

        Line ifThere() {
            return new Line(file, value, true);
        }
    }

    /** What must show in a file of version 2 afterwards, because the kernel takes there what it cannot give. */
    Optional<Line> proof() {
        return controller == Controller.CPUSET
                ? Optional.of(Line.of("cpuset.cpus.effective", unified.get(0).value() + "\n"))
                : Optional.empty();
    }
}
