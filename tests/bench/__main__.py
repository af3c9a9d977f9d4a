"""`make bench`: how long ways to the line take, then what running every program costs a build."""

from tests.bench import scaling, site

scaling.main()
site.main()
