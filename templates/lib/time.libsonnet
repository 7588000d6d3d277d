// RFC 3339 times, as Kubernetes writes them: in UTC, to the second.
local number(text, from, length) = std.parseInt(std.substr(text, from, length));

// Days since a fixed day, by counting years from March, so that a leap day is the last day of its year.
local days(year, month, day) =
  local marchYear = if month > 2 then year else year - 1;
  local marchMonth = (month + 9) % 12;
  365 * marchYear + std.floor(marchYear / 4) - std.floor(marchYear / 100) + std.floor(marchYear / 400)
  + std.floor((153 * marchMonth + 2) / 5) + day;

local seconds(time) =
  86400 * days(number(time, 0, 4), number(time, 5, 2), number(time, 8, 2))
  + 3600 * number(time, 11, 2) + 60 * number(time, 14, 2) + number(time, 17, 2);

{
  // Seconds from one time to a later one.
  between(earlier, later):: seconds(later) - seconds(earlier),
}
