// Moments as people tell them: today by the hour, else by the day.
const HOUR = new Intl.DateTimeFormat("fr", { hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("fr", { day: "numeric", month: "long", hour: "numeric", minute: "2-digit" });

export function moment(at: number): string {
  const date = new Date(at);
  return date.toDateString() === new Date().toDateString() ? `à ${HOUR.format(date)}` : `le ${DAY.format(date)}`;
}
