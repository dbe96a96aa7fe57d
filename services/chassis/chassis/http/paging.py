"""How much of a list is answered at once; the rest by the cursor of the answer before."""

from chassis.http.strict_fields import StrictSchema, Whole

LONGEST_PAGE = 500


class PageSchema(StrictSchema):
    """Which part of a list."""

    limit = Whole(least=1, most=LONGEST_PAGE, from_text=True, load_default=50)
