/** Tool calls in one request, unless the user says otherwise. */
export const DEFAULT_MAX_STEPS = 20;

/** The most tokens of a thought, unless the user says otherwise. */
export const DEFAULT_THINK_BUDGET = 1_024;
